"""Sea life: fish, turtle, jellyfish, seahorse and octopus; the gait phase drives fins and arms."""

import numpy as np

from hanazora.world.kinds.rig import Look, Rig, start, turn_x, turn_y, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import COLOURS, CREAM, INK, mix, shade
from hanazora.world.primitives import SceneBuilder

_EYE_WHITE = (0.97, 0.97, 0.96)


def _eyes(head: Rig, x: float, y: float, z: float, size: float) -> None:
    for side in (-1, 1):
        head.part("ball", (side * x, y, z), (size, size, size), _EYE_WHITE)
        head.part(
            "ball",
            (side * (x + 0.55 * size), y, z + 0.25 * size),
            (0.6 * size, 0.6 * size, 0.6 * size),
            INK,
        )


def build_fish(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a tall rounded fish; its tail sweeps from side to side."""
    rig = start(builder, kind, motion, look)
    sweep = 0.45 * np.sin(motion.gait)
    fin = shade(look.colour, 0.72)
    pattern = look.cells(5.0, 5.0)
    body = rig.at((0, 0, 0), turn_y(0.12 * np.sin(motion.gait + 1.0)))
    body.part(
        "ball", (0, 0, 0), (0.19, 0.35, 0.52), look.colour, pattern=pattern, colour2=look.accent
    )
    if look.pattern == "plain":
        band = shade(look.colour, 0.6) if look.colour == COLOURS["white"] else (0.97, 0.96, 0.92)
        body.part("ball", (0, 0, 0.10), (0.194, 0.352, 0.07), band)
    tail = body.at((0, 0, -0.44), turn_y(sweep))
    tail.part(
        "cone", (0, 0, -0.24), (0.30, 0.26, 0.045), fin, turn=turn_x(np.pi / 2) @ turn_y(np.pi / 2)
    )
    tail.part(
        "cone",
        (0, 0, -0.18),
        (0.16, 0.24, 0.055),
        look.colour,
        turn=turn_x(np.pi / 2) @ turn_y(np.pi / 2),
    )
    body.part(
        "cone", (0, 0.36, -0.06), (0.30, 0.17, 0.04), fin, turn=turn_y(np.pi / 2) @ turn_z(0.25)
    )
    body.part(
        "cone", (0, -0.34, -0.02), (0.18, 0.13, 0.035), fin, turn=turn_y(np.pi / 2) @ turn_z(np.pi)
    )
    for side in (-1, 1):
        flap = turn_y(side * (0.5 + 0.3 * np.sin(1.5 * motion.gait)))
        side_fin = body.at((side * 0.17, -0.06, 0.08), flap)
        side_fin.part("ball", (0, -0.02, -0.12), (0.025, 0.09, 0.14), fin)
    _eyes(body, 0.115, 0.09, 0.34, 0.075)
    return rig.object_id


def build_turtle(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a sea turtle; the look's colour is the shell and, lighter, the skin."""
    rig = start(builder, kind, motion, look)
    skin = mix(look.colour, (0.80, 0.86, 0.52), 0.55)
    beat = np.sin(0.6 * motion.gait)
    body = rig.at(np.stack([0 * beat, 0.05 * beat, 0 * beat], axis=-1), turn_x(-0.10))
    pattern = look.cells(5.0, 5.0, ("check", 5.0, 5.0))
    body.part(
        "ball",
        (0, 0.08, 0),
        (0.62, 0.36, 0.78),
        look.colour,
        pattern=pattern,
        colour2=shade(look.colour, 0.72),
        facet=True,
    )
    body.part("ball", (0, -0.02, 0), (0.66, 0.15, 0.82), CREAM)
    head = body.at((0, 0.10, 0.98), turn_x(0.05 * beat))
    head.part("ball", (0, 0, 0), (0.22, 0.20, 0.26), skin)
    head.part("ball", (0, -0.06, -0.22), (0.14, 0.12, 0.2), skin)
    _eyes(head, 0.145, 0.07, 0.09, 0.055)
    for side in (-1, 1):
        flap = turn_y(side * 0.75) @ turn_z(side * (0.45 * beat - 0.15))
        front = body.at((side * 0.50, -0.02, 0.45), flap)
        front.part("ball", (side * 0.36, 0, 0), (0.44, 0.06, 0.19), skin)
        back = body.at(
            (side * 0.38, -0.04, -0.62), turn_y(-side * 0.7) @ turn_z(-side * 0.3 * beat)
        )
        back.part("ball", (side * 0.25, 0, 0), (0.26, 0.05, 0.15), skin)
    return rig.object_id


def build_jellyfish(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a jellyfish: a pulsing bell and trailing tentacles."""
    rig = start(builder, kind, motion, look)
    pulse = np.sin(0.6 * motion.gait)
    pale = mix(look.colour, (1.0, 1.0, 1.0), 0.45)
    pattern = look.cells(6.0, 5.0)
    rig.part(
        "ball",
        (0, 0.12, 0),
        (0.44, 0.38, 0.44),
        look.colour,
        pattern=pattern,
        colour2=look.accent,
        emission=0.12,
    )
    rig.part("cylinder", (0, 0.02, 0), (0.46, 0.055, 0.46), pale)
    rig.part("ball", (0, 0.26, 0.02), (0.26, 0.18, 0.30), pale, emission=0.08)
    for index in range(6):
        angle = 2 * np.pi * index / 6 + 0.3
        root = rig.at((0.30 * np.cos(angle), -0.02, 0.30 * np.sin(angle)))
        sway = turn_x(0.22 * np.sin(0.6 * motion.gait + angle)) @ turn_z(
            0.22 * pulse + 0.15 * np.cos(angle)
        )
        middle = root.at((0, 0, 0), sway).limb(0.34, 0.042, pale)
        lower = middle.at((0, 0, 0), turn_z(0.35 * np.sin(0.6 * motion.gait - 1.2 + index)))
        lower.limb(0.32, 0.030, look.colour)
    _eyes(rig, 0.13, 0.10, 0.40, 0.055)
    return rig.object_id


def build_octopus(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add an octopus: a tall head with large eyes and eight curling arms."""
    rig = start(builder, kind, motion, look)
    pattern = look.cells(5.0, 5.0)
    rig.part(
        "ball",
        (0, 0.38, -0.05),
        (0.40, 0.46, 0.40),
        look.colour,
        pattern=pattern,
        colour2=look.accent,
    )
    rig.part("ball", (0, 0.02, 0), (0.30, 0.22, 0.30), look.colour)
    _eyes(rig, 0.17, 0.24, 0.32, 0.095)
    arm_colour = shade(look.colour, 0.85)
    for index in range(8):
        angle = 2 * np.pi * (index + 0.5) / 8
        wave = np.sin(0.6 * motion.gait + 0.9 * index)
        root = rig.at(
            (0.20 * np.sin(angle), -0.06, 0.20 * np.cos(angle)), turn_y(np.zeros_like(wave) + angle)
        )
        upper = root.at((0, 0, 0), turn_x(-0.75 + 0.22 * wave)).limb(0.36, 0.085, look.colour)
        middle = upper.at((0, 0, 0), turn_x(-0.45 + 0.4 * wave)).limb(0.28, 0.062, arm_colour)
        middle.at((0, 0, 0), turn_x(-0.75 + 0.5 * wave)).limb(0.20, 0.042, arm_colour)
    return rig.object_id


def build_seahorse(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add an upright seahorse with a long snout, a back fin and a curled tail."""
    rig = start(builder, kind, motion, look)
    nod = turn_x(0.08 * np.sin(0.5 * motion.gait))
    body = rig.at((0, 0, 0), nod)
    fin = shade(look.colour, 0.7)
    pattern = look.cells(4.0, 7.0, ("stripe", 1.0, 7.0))
    accent = shade(look.colour, 0.85) if look.pattern == "plain" else look.accent
    body.part(
        "ball", (0, 0.10, 0), (0.17, 0.36, 0.23), look.colour, pattern=pattern, colour2=accent
    )
    neck = body.at((0, 0.36, 0.03), turn_x(0.35))
    neck.part("ball", (0, 0.10, 0), (0.12, 0.22, 0.14), look.colour)
    head = neck.at((0, 0.32, 0.03), turn_x(0.25))
    head.part("ball", (0, 0, 0), (0.145, 0.145, 0.18), look.colour)
    head.part(
        "cylinder", (0, -0.03, 0.28), (0.055, 0.17, 0.055), look.colour, turn=turn_x(np.pi / 2)
    )
    head.part("ball", (0, -0.03, 0.44), (0.065, 0.065, 0.04), fin)
    for spot in (-0.10, 0.0, 0.08):
        head.part("cone", (0, 0.17, spot), (0.035, 0.075, 0.035), fin)
    _eyes(head, 0.105, 0.05, 0.06, 0.055)
    flutter = turn_y(0.3 * np.sin(2.5 * motion.gait))
    body.at((0, 0.16, -0.22), flutter).part("ball", (0, 0, -0.08), (0.025, 0.17, 0.13), fin)
    tail = body.at((0, -0.18, -0.02), turn_x(-0.25))
    for radius, curl in ((0.115, 0.2), (0.09, -0.35), (0.068, -0.65), (0.05, -0.85), (0.036, -0.9)):
        tail = tail.at((0, 0, 0), turn_x(curl)).limb(0.15, radius, look.colour)
    return rig.object_id
