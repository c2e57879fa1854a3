"""Plants and stones of the scenery: trees of every season, palms, shrubs, rocks, corals, seaweed.

Scenery is cheap on purpose: a tree is 7 to 10 solids near the camera, 3 far away.
"""

from dataclasses import dataclass

import numpy as np

from hanazora.world.kinds.rig import Rig, Vector, plain_look, start, turn_x, turn_y, turn_z
from hanazora.world.motion import still
from hanazora.world.palette import BARK, CORALS, RGB, SNOW, mix, shade
from hanazora.world.primitives import SceneBuilder


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a piece of scenery stands and how it is drawn."""

    x: float
    """Metres to the right."""
    z: float
    """Metres toward the camera."""
    y: float = 0.0
    """Metres up."""
    yaw: float = 0.0
    """Radians; 0 faces the camera."""
    facet: bool = True
    """Low-poly normals on round parts."""
    far: bool = False
    """Draw with the fewest solids."""
    snow: bool = False
    """Snow lies on it."""


def place(builder: SceneBuilder, kind: str, spot: Spot) -> Rig:
    """Open a piece of scenery that does not move."""
    motion = still(
        np.asarray(builder.times_s, dtype=np.float64), (spot.x, spot.y, spot.z), spot.yaw
    )
    return start(builder, kind, motion, plain_look((0.5, 0.5, 0.5)))


def leafy_tree(
    builder: SceneBuilder,
    spot: Spot,
    height: float,
    leaves: tuple[RGB, ...],
    rng: np.random.Generator,
) -> None:
    """Add a tree with a round crown made of a few clumps in the given colours."""
    rig = place(builder, "tree", spot)
    crown = 0.30 * height
    rig.part(
        "cylinder", (0, 0.31 * height, 0), (0.035 * height, 0.31 * height, 0.035 * height), BARK
    )
    if not spot.far:
        for side in (-1, 1):
            lean = turn_z(-side * 0.62)
            rig.part(
                "cylinder", (side * 0.10 * height, 0.60 * height, 0),
                (0.018 * height, 0.15 * height, 0.018 * height), BARK, turn=lean,
            )  # fmt: skip
    clumps = 2 if spot.far else 5
    # Petals let light through: a little own light keeps the underside of blossoms pink.
    glow = 0.16 if leaves[0][2] > 0.6 else 0.04
    start_angle = float(rng.uniform(0, 6.28))
    for index in range(clumps):
        angle = start_angle + 2 * np.pi * index / clumps
        reach = 0.62 * crown
        centre = (
            reach * np.cos(angle),
            (0.70 + 0.03 * rng.uniform(-1, 1)) * height,
            reach * np.sin(angle),
        )
        size = crown * float(rng.uniform(0.68, 0.82))
        rig.part(
            "ball", centre, (size, 0.78 * size, size), leaves[index % len(leaves)],
            facet=spot.facet, emission=glow,
        )  # fmt: skip
    rig.part(
        "ball", (0, 0.85 * height, 0), (0.80 * crown, 0.60 * crown, 0.80 * crown),
        SNOW if spot.snow else leaves[-1], facet=spot.facet, emission=0.0 if spot.snow else glow,
    )  # fmt: skip


def pine(builder: SceneBuilder, spot: Spot, height: float, colour: RGB) -> None:
    """Add a fir tree of stacked cones, with snow on each when it lies there."""
    rig = place(builder, "tree", spot)
    rig.part(
        "cylinder", (0, 0.09 * height, 0), (0.045 * height, 0.10 * height, 0.045 * height), BARK
    )
    tiers = 2 if spot.far else 3
    for tier in range(tiers):
        share = tier / tiers
        wide = (0.27 - 0.16 * share) * height
        half = 0.20 * height
        middle = (0.36 + 0.44 * share) * height
        rig.part("cone", (0, middle, 0), (wide, half, wide), shade(colour, 0.85 + 0.2 * share))
        if spot.snow:
            rig.part(
                "cone", (0, middle + 0.42 * half, 0), (0.68 * wide, 0.64 * half, 0.68 * wide), SNOW
            )


def palm(builder: SceneBuilder, spot: Spot, height: float) -> None:
    """Add a leaning palm with a crown of long leaves."""
    rig = place(builder, "tree", spot)
    top = rig
    for lean in (0.05, 0.12, 0.14):
        stem = top.at((0, 0, 0), turn_z(-lean))
        stem.part(
            "cylinder", (0, height / 6, 0), (0.10, height / 6 + 0.04, 0.10), (0.60, 0.45, 0.30)
        )
        top = stem.at((0, height / 3, 0))
    for index in range(7):
        around = top.at((0, 0, 0), turn_y(2 * np.pi * index / 7) @ turn_x(0.12))
        green = (0.20, 0.58, 0.28) if index % 2 else (0.30, 0.68, 0.30)
        around.part(
            "ball", (0, 0.02, 0.62), (0.17, 0.05, 0.66), green, turn=turn_x(0.35), facet=False
        )
    for angle in (0.4, 2.5, 4.6):
        top.part(
            "ball",
            (0.13 * np.cos(angle), -0.10, 0.13 * np.sin(angle)),
            (0.10, 0.11, 0.10),
            (0.45, 0.28, 0.14),
        )


def shrub(builder: SceneBuilder, spot: Spot, size: float, colour: RGB) -> None:
    """Add a low round bush."""
    rig = place(builder, "shrub", spot)
    rig.part("ball", (0, 0.42 * size, 0), (size, 0.62 * size, 0.8 * size), colour, facet=spot.facet)
    if not spot.far:
        rig.part(
            "ball",
            (0.6 * size, 0.30 * size, 0.1),
            (0.6 * size, 0.45 * size, 0.6 * size),
            shade(colour, 1.1),
            facet=spot.facet,
        )
    if spot.snow:
        rig.part(
            "ball",
            (0, 0.66 * size, 0),
            (0.86 * size, 0.42 * size, 0.7 * size),
            SNOW,
            facet=spot.facet,
        )


def flowers(builder: SceneBuilder, spot: Spot, colour: RGB, rng: np.random.Generator) -> None:
    """Add a clump of three flowers."""
    rig = place(builder, "flower", spot)
    for index in range(3):
        x, z = 0.16 * np.cos(2.1 * index), 0.16 * np.sin(2.1 * index)
        tall = float(rng.uniform(0.16, 0.28))
        rig.part("cylinder", (x, 0.5 * tall, z), (0.016, 0.5 * tall, 0.016), (0.25, 0.55, 0.22))
        rig.part("ball", (x, tall, z), (0.075, 0.06, 0.075), colour)


def rock(builder: SceneBuilder, spot: Spot, size: float, colour: RGB) -> None:
    """Add a rounded rock, white on top in winter."""
    rig = place(builder, "rock", spot)
    rig.part("ball", (0, 0.28 * size, 0), (size, 0.62 * size, 0.85 * size), colour, facet=True)
    if not spot.far:
        rig.part(
            "ball",
            (0.62 * size, 0.14 * size, 0.3 * size),
            (0.5 * size, 0.34 * size, 0.45 * size),
            shade(colour, 0.88),
            facet=True,
        )
    if spot.snow:
        rig.part(
            "ball", (0, 0.46 * size, 0), (0.85 * size, 0.50 * size, 0.72 * size), SNOW, facet=True
        )


def hill(
    builder: SceneBuilder, spot: Spot, half: Vector, colour: RGB, *, cap: RGB | None = None
) -> None:
    """Add a far hill or mountain; `cap` is the colour of its top."""
    rig = place(builder, "hill", spot)
    if cap is None:
        rig.part("ball", (0, 0, 0), half, colour, facet=False)
        return
    rig.part("cone", (0, half[1], 0), half, colour)
    rig.part("cone", (0, 1.52 * half[1], 0), (0.50 * half[0], 0.49 * half[1], 0.50 * half[2]), cap)


def coral(builder: SceneBuilder, spot: Spot, size: float, rng: np.random.Generator) -> None:
    """Add a coral: branches, a fan, a cup or a brain, in a warm colour."""
    rig = place(builder, "coral", spot)
    colour = CORALS[int(rng.integers(len(CORALS)))]
    form = (0, 0, 0, 1, 2, 2, 3, 3)[int(rng.integers(8))]
    if form == 0:
        for index in range(3 if spot.far else 5):
            angle = 1.26 * index + float(rng.uniform(0, 0.6))
            tall = size * float(rng.uniform(0.6, 1.1))
            branch = rig.at((0, 0, 0), turn_y(angle) @ turn_x(0.18 + 0.38 * float(rng.uniform())))
            branch.part(
                "cylinder", (0, 0.5 * tall, 0), (0.10 * size, 0.5 * tall, 0.10 * size), colour
            )
            branch.part(
                "ball", (0, tall, 0), (0.13 * size, 0.13 * size, 0.13 * size), shade(colour, 1.3)
            )
    elif form == 1:
        fan = rig.at((0, 0.1 * size, 0), turn_y(float(rng.uniform(-0.7, 0.7))))
        fan.part(
            "ball",
            (0, 0.62 * size, 0),
            (0.62 * size, 0.66 * size, 0.06 * size),
            colour,
            pattern=("bars", 9.0, 1.0),
            colour2=shade(colour, 0.78),
        )
        fan.part(
            "cylinder",
            (0, 0.1 * size, 0),
            (0.07 * size, 0.2 * size, 0.07 * size),
            shade(colour, 0.7),
        )
    elif form == 2:
        for index in range(3):
            x, z = 0.34 * size * np.cos(2.1 * index), 0.30 * size * np.sin(2.1 * index)
            tall = size * (0.32 + 0.16 * index)
            rig.part("cylinder", (x, 0.5 * tall, z), (0.17 * size, 0.5 * tall, 0.17 * size), colour)
            rig.part(
                "cylinder", (x, tall, z), (0.125 * size, 0.02, 0.125 * size), shade(colour, 0.5)
            )
    else:
        rig.part(
            "ball",
            (0, 0.16 * size, 0),
            (0.66 * size, 0.50 * size, 0.60 * size),
            colour,
            pattern=("stripe", 1.0, 7.0),
            colour2=shade(colour, 0.8),
        )


def seaweed(builder: SceneBuilder, spot: Spot, height: float, colour: RGB, phase: float) -> None:
    """Add a tall plant of linked flat leaves that sways with the water."""
    rig = place(builder, "seaweed", spot)
    times = np.asarray(builder.times_s, dtype=np.float64)
    links = 2 if spot.far else 3
    link = height / links
    stem = rig
    for index in range(links):
        sway = turn_z(0.16 * np.sin(1.3 * times + phase - 0.8 * index))
        stem = stem.at((0, 0, 0), sway)
        wide = 0.115 * (1 - 0.14 * index)
        stem.part(
            "ball",
            (0, 0.5 * link, 0),
            (wide, 0.78 * link, 0.05),
            mix(colour, (0.7, 0.9, 0.4), 0.12 * index),
        )
        stem = stem.at((0, link, 0))
