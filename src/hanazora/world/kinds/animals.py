"""Animals on land and in the air: dog, cat and bird, with trotting legs and beating wings."""

import numpy as np

from hanazora.world.kinds.rig import Look, Rig, start, turn_x, turn_y, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import COLOURS, INK, RGB, mix, shade
from hanazora.world.primitives import SceneBuilder


def build_dog(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a dog with floppy ears and a wagging tail."""
    rig = start(builder, kind, motion, look)
    body = _trot(rig, motion, look, leg=0.26, length=0.30)
    dark, pale = shade(look.colour, 0.62), mix(look.colour, (1.0, 0.97, 0.92), 0.65)
    body.part("ball", (0, 0.02, 0.30), (0.175, 0.18, 0.17), look.colour)
    head = body.at((0, 0.24, 0.47))
    head.part("ball", (0, 0, 0), (0.185, 0.18, 0.18), look.colour)
    head.part("ball", (0, -0.06, 0.17), (0.095, 0.08, 0.13), pale)
    head.part("ball", (0, -0.02, 0.29), (0.045, 0.035, 0.035), INK)
    for side in (-1, 1):
        ear = turn_z(side * 0.35)
        head.part("ball", (side * 0.175, -0.02, -0.02), (0.045, 0.15, 0.09), dark, turn=ear)
        head.part("ball", (side * 0.085, 0.055, 0.155), (0.028, 0.036, 0.024), INK)
    head.part("cylinder", (0, -0.17, -0.05), (0.14, 0.03, 0.14), _collar(look.colour))
    wag = turn_z(0.5 * np.sin(1.6 * motion.gait + 0.4)) @ turn_x(-0.65)
    tail = body.at((0, 0.12, -0.36), wag)
    tail.part("ball", (0, 0.15, 0), (0.05, 0.18, 0.05), dark)
    return rig.object_id


def build_cat(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a cat with pointed ears and a long raised tail."""
    rig = start(builder, kind, motion, look)
    body = _trot(rig, motion, look, leg=0.20, length=0.27)
    pale = mix(look.colour, (1.0, 0.97, 0.94), 0.7)
    head = body.at((0, 0.20, 0.38))
    head.part("ball", (0, 0, 0), (0.185, 0.16, 0.165), look.colour)
    head.part("ball", (0, -0.055, 0.13), (0.085, 0.055, 0.06), pale)
    head.part("ball", (0, -0.03, 0.185), (0.022, 0.018, 0.02), COLOURS["pink"])
    for side in (-1, 1):
        ear = turn_z(-side * 0.30)
        head.part(
            "cone", (side * 0.115, 0.175, -0.01), (0.075, 0.085, 0.045), look.colour, turn=ear
        )
        head.part(
            "cone", (side * 0.112, 0.165, 0.018), (0.042, 0.055, 0.03), COLOURS["pink"], turn=ear
        )
        head.part("ball", (side * 0.085, 0.025, 0.138), (0.036, 0.042, 0.026), (0.72, 0.86, 0.28))
        head.part("ball", (side * 0.085, 0.025, 0.156), (0.013, 0.035, 0.014), INK)
    sway = turn_z(0.35 * np.sin(0.7 * motion.gait)) @ turn_x(-0.5)
    tail = body.at((0, 0.08, -0.32), sway)
    tail.part("ball", (0, 0.19, 0), (0.042, 0.22, 0.042), look.colour)
    tip = tail.at((0, 0.36, 0), turn_x(0.7))
    tip.part(
        "ball", (0, 0.10, 0), (0.042, 0.14, 0.042), pale if look.pattern != "plain" else look.colour
    )
    return rig.object_id


def _collar(colour: RGB) -> RGB:
    red = COLOURS["red"]
    return COLOURS["blue"] if abs(colour[0] - red[0]) + abs(colour[1] - red[1]) < 0.6 else red


def _trot(rig: Rig, motion: Motion, look: Look, *, leg: float, length: float) -> Rig:
    """Body and four legs that swing in diagonal pairs; returns the frame of the body's middle."""
    lift = 0.03 * motion.stride * np.abs(np.sin(motion.gait))
    body = rig.at(np.stack([0 * lift, leg + 0.12 + lift, 0 * lift], axis=-1))
    pattern = look.cells(3.0, 7.0)
    body.part(
        "ball", (0, 0, 0), (0.165, 0.385, 0.175), look.colour, turn=turn_x(np.pi / 2),
        pattern=pattern, colour2=look.accent,
    )  # fmt: skip
    for side, end in ((-1, -1), (1, 1), (-1, 1), (1, -1)):
        swing = 0.75 * motion.stride * np.sin(motion.gait + (0.0 if side * end > 0 else np.pi))
        hip = body.at((side * 0.105, -0.02, end * 0.82 * length), turn_x(-swing))
        foot = hip.limb(leg + 0.02, 0.052, look.colour)
        foot.part("ball", (0, -0.03, 0.03), (0.058, 0.045, 0.08), shade(look.colour, 0.8))
    return body


def build_bird(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a round bird; its wings beat while the stride is above zero, and it hops otherwise."""
    rig = start(builder, kind, motion, look)
    airborne = float(np.max(motion.stride)) > 0.05
    body = rig.at((0, 0.0 if airborne else 0.30, 0))
    pale = mix(look.colour, (1.0, 0.96, 0.88), 0.65)
    pattern = look.cells(4.0, 5.0)
    body.part(
        "ball", (0, 0, 0), (0.21, 0.20, 0.30), look.colour, pattern=pattern, colour2=look.accent
    )
    body.part("ball", (0, -0.05, 0.06), (0.17, 0.165, 0.22), pale)
    head = body.at((0, 0.20, 0.22))
    head.part("ball", (0, 0, 0), (0.155, 0.15, 0.15), look.colour)
    head.part(
        "cone", (0, -0.02, 0.20), (0.05, 0.085, 0.045), COLOURS["orange"], turn=turn_x(np.pi / 2)
    )
    for side in (-1, 1):
        head.part("ball", (side * 0.105, 0.04, 0.095), (0.034, 0.04, 0.034), INK)
        beat = side * (-0.15 + motion.stride * 0.85 * np.sin(motion.gait))
        if airborne:
            wing = body.at((side * 0.15, 0.07, -0.02), turn_z(beat))
            wing.part(
                "ball", (side * 0.26, 0, -0.03), (0.30, 0.035, 0.13), shade(look.colour, 0.85)
            )
            wing.part("ball", (side * 0.46, 0, -0.07), (0.18, 0.025, 0.09), shade(look.colour, 0.6))
        else:
            wing = body.at((side * 0.195, 0.02, -0.08), turn_x(-0.25))
            wing.part("ball", (0, 0, 0), (0.035, 0.12, 0.24), shade(look.colour, 0.75))
            body.part(
                "cylinder", (side * 0.07, -0.24, 0.02), (0.016, 0.08, 0.016), COLOURS["orange"]
            )
            body.part("box", (side * 0.07, -0.30, 0.05), (0.035, 0.012, 0.06), COLOURS["orange"])
    body.part(
        "ball",
        (0, 0.03, -0.36),
        (0.10, 0.03, 0.20),
        shade(look.colour, 0.7),
        turn=turn_x(0.2) @ turn_y(0.0),
    )
    return rig.object_id
