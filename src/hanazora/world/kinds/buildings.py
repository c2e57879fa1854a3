"""Streets of the scenery: cottages, town houses, shops, signs, lamps, benches, fences, parasols."""

import numpy as np

from hanazora.world.kinds.nature import Spot, place
from hanazora.world.kinds.rig import Look, Rig, start, turn_x, turn_y, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import CREAM, GLASS, INK, LAMPLIGHT, RGB, SNOW, STEEL, WOOD, mix, shade
from hanazora.world.primitives import SceneBuilder


def cottage(
    builder: SceneBuilder,
    spot: Spot,
    size: tuple[float, float, float],
    wall: RGB,
    roof: RGB,
    *,
    lit: float,
) -> None:
    """Add a storybook house with a gable roof; `size` is half width, wall height and half depth.

    The gable is a box turned on its edge and half sunk into the walls.
    """
    rig = place(builder, "house", spot)
    half_wide, tall, half_deep = size
    pane = LAMPLIGHT if lit > 0 else GLASS
    rig.part(
        "box", (0, 0.5 * tall, 0), (half_wide, 0.5 * tall, half_deep), wall,
        pattern=("windows", 3.0, 2.0 if tall > 2.6 else 1.0), colour2=pane, emission=lit,
    )  # fmt: skip
    edge = half_wide * 0.70
    rig.part("box", (0, tall, 0), (edge, edge, 0.98 * half_deep), wall, turn=turn_z(np.pi / 4))
    for side in (-1, 1):
        slope = rig.at(
            (side * 0.53 * half_wide, tall + 0.51 * half_wide, 0), turn_z(-side * np.pi / 4)
        )
        slope.part("box", (side * 0.04, 0.02, 0), (0.84 * half_wide, 0.09, 1.14 * half_deep), roof)
        if spot.snow:
            slope.part(
                "box", (side * 0.0, 0.15, 0), (0.80 * half_wide, 0.10, 1.10 * half_deep), SNOW
            )
    if not spot.far:
        rig.part(
            "box", (0, tall + 0.42 * half_wide, half_deep), (0.20, 0.22, 0.04), pane, emission=lit
        )
        rig.part(
            "box",
            (0.5 * half_wide, tall + 0.85 * half_wide, -0.3 * half_deep),
            (0.16, 0.45, 0.16),
            shade(roof, 0.8),
        )
        rig.part(
            "box", (-0.15 * half_wide, 0.55, half_deep + 0.03), (0.30, 0.55, 0.04), shade(WOOD, 0.8)
        )


def town_house(
    builder: SceneBuilder,
    spot: Spot,
    size: tuple[float, float, float],
    wall: RGB,
    roof: RGB,
    *,
    lit: float,
) -> None:
    """Add a flat-roofed house of two to five floors."""
    rig = place(builder, "house", spot)
    half_wide, tall, half_deep = size
    floors = max(2.0, float(round(tall / 1.55)))
    columns = max(2.0, float(round(half_wide * 1.45)))
    rig.part(
        "box", (0, 0.5 * tall, 0), (half_wide, 0.5 * tall, half_deep), wall,
        pattern=("windows", columns, floors), colour2=LAMPLIGHT if lit > 0 else GLASS, emission=lit,
    )  # fmt: skip
    rig.part(
        "box",
        (0, tall + 0.10, 0),
        (1.05 * half_wide, 0.12, 1.06 * half_deep),
        SNOW if spot.snow else roof,
    )
    if not spot.far:
        rig.part("box", (0, 0.18, 0), (1.015 * half_wide, 0.18, 1.02 * half_deep), shade(wall, 0.7))
        rig.part("box", (0, 0.62, half_deep + 0.02), (0.34, 0.62, 0.05), shade(roof, 0.8))


def shop(
    builder: SceneBuilder,
    spot: Spot,
    size: tuple[float, float, float],
    colours: tuple[RGB, RGB, RGB],
    *,
    lit: float,
) -> None:
    """Add a tall shop house: lit shop front, awning, sign band and a blade sign.

    Args:
        size: half width, height and half depth in metres.
        colours: wall, awning and sign colour.
        lit: strength of window and sign light, 0 by day.
    """
    rig = place(builder, "shop", spot)
    half_wide, tall, half_deep = size
    wall, awning, sign = colours
    front = half_deep
    floors = max(2.0, float(round((tall - 2.8) / 1.7) + 2))
    rig.part(
        "box", (0, 0.5 * tall, 0), (half_wide, 0.5 * tall, half_deep), wall,
        pattern=("windows", 4.0, floors), colour2=mix(LAMPLIGHT, sign, 0.25), emission=0.55 * lit,
    )  # fmt: skip
    rig.part(
        "box",
        (0, 1.15, front + 0.05),
        (0.90 * half_wide, 1.05, 0.10),
        shade(wall, 0.8),
        pattern=("shop", 3.0, 1.0),
        colour2=mix(LAMPLIGHT, sign, 0.18) if lit > 0 else (0.72, 0.80, 0.84),
        emission=0.6 * lit,
    )
    rig.part(
        "box", (0, 2.30, front + 0.42), (0.97 * half_wide, 0.04, 0.62), awning, turn=turn_x(0.62),
        pattern=("bars", 6.0, 1.0), colour2=CREAM,
    )  # fmt: skip
    rig.part(
        "box", (0, 2.95, front + 0.12), (0.86 * half_wide, 0.34, 0.10), shade(sign, 0.30),
        pattern=("glyphs", 6.0, 1.0), colour2=sign, emission=0.8 * lit,
    )  # fmt: skip
    if not spot.far:
        side = 1.0 if spot.x * np.cos(spot.yaw) >= 0 else -1.0
        blade = rig.at((side * 0.62 * half_wide, min(4.5, tall - 0.9), front + 0.55))
        blade.part(
            "box", (0, 0, 0), (0.09, 0.85, 0.42), shade(sign, 0.85), pattern=("glyphs", 1.0, 3.0),
            colour2=(1.0, 0.98, 0.92), emission=0.75 * lit,
        )  # fmt: skip


def build_sign(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a board on two posts with glyphs on it; the look's colour is the board."""
    rig = start(builder, kind, motion, look)
    pale = mix(look.colour, (1.0, 1.0, 1.0), 0.82)
    ink = INK if sum(look.colour) > 2.1 else pale
    for side in (-1, 1):
        rig.part("cylinder", (side * 0.55, 0.62, -0.02), (0.05, 0.64, 0.05), STEEL)
    rig.part("box", (0, 1.55, 0), (0.98, 0.52, 0.05), pale)
    rig.part(
        "box",
        (0, 1.55, 0.02),
        (0.92, 0.46, 0.06),
        look.colour,
        pattern=("glyphs", 4.0, 2.0),
        colour2=ink,
    )
    return rig.object_id


def lamp_post(builder: SceneBuilder, spot: Spot, *, lit: float) -> None:
    """Add a street lamp."""
    rig = place(builder, "lamp", spot)
    rig.part("cylinder", (0, 1.5, 0), (0.05, 1.5, 0.05), shade(STEEL, 0.5))
    rig.part("box", (0, 3.10, 0), (0.17, 0.22, 0.17), LAMPLIGHT, emission=0.8 * lit)
    rig.part("cone", (0, 3.42, 0), (0.26, 0.12, 0.26), SNOW if spot.snow else shade(STEEL, 0.5))


def lantern(builder: SceneBuilder, spot: Spot, colour: RGB, *, lit: float) -> None:
    """Add a hanging paper lantern."""
    rig = place(builder, "lantern", spot)
    rig.part(
        "ball",
        (0, 0, 0),
        (0.24, 0.30, 0.24),
        colour,
        pattern=("stripe", 1.0, 6.0),
        emission=0.7 * lit,
    )
    rig.part("cylinder", (0, 0.30, 0), (0.10, 0.04, 0.10), INK)


def bench(builder: SceneBuilder, spot: Spot) -> None:
    """Add a park bench that faces its yaw."""
    rig = place(builder, "bench", spot)
    rig.part("box", (0, 0.42, 0), (0.85, 0.05, 0.24), WOOD)
    rig.part("box", (0, 0.74, -0.23), (0.85, 0.17, 0.04), WOOD)
    for side in (-1, 1):
        rig.part("box", (side * 0.68, 0.21, 0), (0.05, 0.21, 0.20), shade(STEEL, 0.6))
    if spot.snow:
        rig.part("box", (0, 0.50, 0), (0.83, 0.04, 0.22), SNOW)


def fence(builder: SceneBuilder, spot: Spot, half_length: float, colour: RGB) -> None:
    """Add a low fence with posts; it runs along its own x."""
    rig = place(builder, "fence", spot)
    rig.part(
        "box",
        (0, 0.38, 0),
        (half_length, 0.30, 0.03),
        colour,
        pattern=("bars", 10.0 * half_length / 2, 1.0),
        colour2=shade(colour, 0.72),
    )
    rig.part(
        "box",
        (0, 0.62, 0.03),
        (half_length, 0.05, 0.03),
        SNOW if spot.snow else shade(colour, 1.15),
    )


def parasol(builder: SceneBuilder, spot: Spot, colour: RGB) -> None:
    """Add a striped beach parasol with a towel beside it."""
    rig = place(builder, "parasol", spot)
    tilt: Rig = rig.at((0, 0, 0), turn_z(-0.14))
    tilt.part("cylinder", (0, 1.0, 0), (0.035, 1.0, 0.035), CREAM)
    tilt.part(
        "cone",
        (0, 1.95, 0),
        (1.15, 0.30, 1.15),
        colour,
        pattern=("bars", 8.0, 1.0),
        colour2=(0.97, 0.96, 0.93),
    )
    rig.part(
        "box",
        (1.0, 0.02, 0.25),
        (0.42, 0.03, 0.8),
        shade(colour, 1.25),
        turn=turn_y(0.35),
        pattern=("stripe", 1.0, 5.0),
        colour2=(0.97, 0.96, 0.93),
    )
