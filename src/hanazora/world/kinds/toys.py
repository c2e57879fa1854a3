"""Simple shapes and playthings: ball, box, cylinder, cone, balloon, kite, snowman."""

import numpy as np

from hanazora.world.kinds.rig import Look, start, turn_x, turn_y, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import COLOURS, INK, SNOW, WOOD, mix, shade
from hanazora.world.primitives import SceneBuilder, Shape

_SOLIDS: dict[str, tuple[Shape, tuple[float, float, float], tuple[float, float]]] = {
    "ball": ("ball", (0.45, 0.45, 0.45), (6.0, 6.0)),
    "box": ("box", (0.40, 0.40, 0.40), (4.0, 4.0)),
    "cylinder": ("cylinder", (0.38, 0.45, 0.38), (6.0, 5.0)),
    "cone": ("cone", (0.48, 0.52, 0.48), (6.0, 6.0)),
}


def build_solid(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a ball, box, cylinder or cone that stands on its motion's point."""
    shape, half, cells = _SOLIDS[kind]
    rig = start(builder, kind, motion, look)
    turn = turn_x(motion.pitch)
    lying = kind == "cylinder" and float(np.ptp(motion.pitch)) > 0.1
    if lying:
        turn = turn @ turn_z(np.pi / 2)
    middle = rig.at((0, half[0] if lying else half[1], 0), turn)
    pattern = look.cells(*cells)
    if kind == "ball" and look.pattern == "plain":
        # A plain ball would not show that it rolls: one pale band goes round it.
        band = mix(look.colour, (1.0, 1.0, 1.0), 0.55)
        middle.part("ball", (0, 0, 0), half, look.colour)
        middle.part("cylinder", (0, 0, 0), (0.457, 0.055, 0.457), band, turn=turn_z(0.5))
    else:
        middle.part(shape, (0, 0, 0), half, look.colour, pattern=pattern, colour2=look.accent)
    return rig.object_id


def build_balloon(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a balloon on a string; its motion's point is the lower end of the string."""
    rig = start(builder, kind, motion, look)
    sway = turn_z(0.07 * np.sin(0.8 * motion.gait)) @ turn_x(0.05 * np.cos(0.6 * motion.gait))
    string = rig.at((0, 0, 0), sway)
    pattern = look.cells(6.0, 6.0)
    string.part("cylinder", (0, 0.35, 0), (0.012, 0.36, 0.012), (0.88, 0.88, 0.86))
    string.part(
        "ball", (0, 1.15, 0), (0.40, 0.48, 0.40), look.colour, pattern=pattern, colour2=look.accent
    )
    string.part("cone", (0, 0.68, 0), (0.08, 0.07, 0.08), shade(look.colour, 0.8))
    string.part(
        "ball", (-0.15, 1.34, 0.28), (0.07, 0.11, 0.05), mix(look.colour, (1.0, 1.0, 1.0), 0.75)
    )
    return rig.object_id


def build_kite(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a diamond kite with a tail of bows."""
    rig = start(builder, kind, motion, look)
    tilt = turn_z(0.25 * np.sin(1.1 * motion.gait)) @ turn_x(-0.25)
    diamond = turn_z(np.pi / 4)
    sail = rig.at((0, 0, 0), tilt)
    pattern = look.cells(4.0, 4.0, ("check", 2.0, 2.0))
    accent = mix(look.colour, (1.0, 1.0, 1.0), 0.35) if look.pattern == "plain" else look.accent
    sail.part(
        "box",
        (0, 0, 0),
        (0.45, 0.45, 0.025),
        look.colour,
        turn=diamond,
        pattern=pattern,
        colour2=accent,
    )
    sail.part("box", (0, 0, 0.03), (0.025, 0.62, 0.015), WOOD)
    sail.part("box", (0, 0, 0.03), (0.62, 0.025, 0.015), WOOD)
    tail = sail.at((0, -0.62, 0))
    for index in range(4):
        bend = turn_z(0.35 * np.sin(2.0 * motion.gait - 1.0 * index))
        tail = tail.at((0, 0, 0), bend).limb(0.22, 0.012, INK)
        bow = look.colour if index % 2 else accent
        tail.part("box", (0, 0, 0), (0.10, 0.045, 0.02), bow)
    return rig.object_id


def build_snowman(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a snowman; the look's colour is the body, its accent the hat and scarf."""
    rig = start(builder, kind, motion, look)
    white = look.colour == COLOURS["white"]
    body = SNOW if white else look.colour
    cloth = look.details.get("extra", COLOURS["red"] if white else COLOURS["white"])
    rig.part("ball", (0, 0.38, 0), (0.48, 0.42, 0.46), body)
    rig.part("ball", (0, 0.96, 0), (0.36, 0.34, 0.35), body)
    head = rig.at((0, 1.42, 0), turn_y(0.15 * np.sin(0.6 * motion.gait)))
    head.part("ball", (0, 0, 0), (0.25, 0.25, 0.25), body)
    head.part(
        "cone", (0, -0.02, 0.34), (0.05, 0.16, 0.05), COLOURS["orange"], turn=turn_x(np.pi / 2)
    )
    for side in (-1, 1):
        head.part("ball", (side * 0.09, 0.07, 0.22), (0.032, 0.04, 0.025), INK)
        swing = 0.5 * np.sin(motion.gait) * motion.wave if side < 0 else 0.0 * motion.wave
        arm = rig.at((side * 0.30, 1.06, 0), turn_z(-side * (1.0 + swing)))
        arm.part("cylinder", (0, 0.30, 0), (0.025, 0.32, 0.025), WOOD)
    head.part("cylinder", (0, 0.20, 0), (0.36, 0.035, 0.36), INK)
    head.part("cylinder", (0, 0.40, 0), (0.23, 0.20, 0.23), INK)
    head.part("cylinder", (0, 0.27, 0), (0.237, 0.05, 0.237), cloth)
    rig.part("cylinder", (0, 1.22, 0), (0.27, 0.075, 0.26), cloth)
    rig.part("box", (0.13, 1.00, 0.34), (0.075, 0.20, 0.03), cloth, turn=turn_x(-0.1))
    for height in (0.92, 0.74):
        rig.part("ball", (0, height, 0.36), (0.035, 0.035, 0.02), INK)
    return rig.object_id
