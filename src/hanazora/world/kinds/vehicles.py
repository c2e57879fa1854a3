"""Vehicles: car, truck, bus, bicycle and boat; the gait phase of the motion turns the wheels."""

import numpy as np

from hanazora.world.kinds.rig import Look, Rig, start, turn_x, turn_y, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import (
    COLOURS,
    GLASS,
    HAIRS,
    LAMPLIGHT,
    RUBBER,
    SKINS,
    STEEL,
    TROUSERS,
    WOOD,
    shade,
)
from hanazora.world.primitives import SceneBuilder

_REAR_LIGHT = (0.95, 0.10, 0.06)


def _wheels(
    rig: Rig, motion: Motion, look: Look, radius: float, half_track: float, *spots: float
) -> None:
    across = turn_x(motion.gait) @ turn_z(np.pi / 2)
    for side in (-1, 1):
        for spot in spots:
            hub = (side * half_track, radius, spot)
            rig.part("cylinder", hub, (radius, 0.13, radius), RUBBER, turn=across)
            rig.part(
                "cylinder",
                (side * (half_track + 0.05), radius, spot),
                (0.58 * radius, 0.11, 0.58 * radius),
                STEEL,
                turn=across,
                pattern=("bars", 3.0, 1.0),
                colour2=shade(STEEL, 1.5),
            )


def _lamps(rig: Rig, height: float, half_wide: float, front: float, back: float) -> None:
    for side in (-1, 1):
        rig.part(
            "ball", (side * half_wide, height, front), (0.13, 0.13, 0.06), LAMPLIGHT, emission=0.45
        )
        rig.part(
            "box",
            (side * half_wide, height + 0.05, back),
            (0.12, 0.09, 0.04),
            _REAR_LIGHT,
            emission=0.3,
        )


def build_car(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a small rounded car; the whole body has the look's colour."""
    rig = start(builder, kind, motion, look)
    pattern = look.cells(6.0, 3.0)
    rig.part(
        "box", (0, 0.60, 0), (0.78, 0.27, 1.62), look.colour, pattern=pattern, colour2=look.accent
    )
    rig.part("box", (0, 1.06, -0.18), (0.66, 0.25, 0.86), GLASS)
    rig.part("box", (0, 1.34, -0.20), (0.70, 0.07, 0.92), look.colour)
    for side in (-1, 1):
        for spot in (-1.02, -0.16, 0.66):
            tilt = turn_x(0.0 if spot < 0.5 else -0.35)
            rig.part("box", (side * 0.64, 1.06, spot), (0.045, 0.27, 0.055), look.colour, turn=tilt)
    rig.part("box", (0, 0.40, 1.60), (0.74, 0.09, 0.09), shade(STEEL, 1.4))
    rig.part("box", (0, 0.40, -1.60), (0.74, 0.09, 0.09), shade(STEEL, 1.4))
    _lamps(rig, 0.66, 0.55, 1.62, -1.62)
    _wheels(rig, motion, look, 0.33, 0.74, -1.0, 1.02)
    return rig.object_id


def build_truck(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a delivery truck: body and cab both in the look's colour, the cab a little lighter."""
    rig = start(builder, kind, motion, look)
    pattern = look.cells(5.0, 4.0)
    cab = shade(look.colour, 1.18) if look.colour != COLOURS["white"] else shade(look.colour, 0.86)
    rig.part(
        "box",
        (0, 1.52, -0.62),
        (0.92, 0.98, 1.62),
        look.colour,
        pattern=pattern,
        colour2=look.accent,
    )
    rig.part("box", (0, 2.53, -0.62), (0.95, 0.05, 1.66), shade(look.colour, 0.7))
    rig.part("box", (0, 1.08, 1.66), (0.86, 0.62, 0.62), cab)
    rig.part("box", (0, 1.36, 1.74), (0.87, 0.26, 0.42), GLASS)
    rig.part("box", (0, 1.36, 2.18), (0.74, 0.28, 0.12), GLASS)
    rig.part("box", (0, 1.74, 1.60), (0.87, 0.07, 0.60), cab)
    rig.part("box", (0, 0.46, 0.30), (0.78, 0.13, 2.05), shade(STEEL, 0.5))
    rig.part("box", (0, 0.52, 2.30), (0.88, 0.12, 0.08), shade(STEEL, 1.4))
    _lamps(rig, 0.80, 0.62, 2.30, -2.25)
    _wheels(rig, motion, look, 0.42, 0.84, -1.55, 1.55)
    return rig.object_id


def build_bus(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a city bus with a row of windows on each side."""
    rig = start(builder, kind, motion, look)
    pattern = look.cells(8.0, 3.0)
    rig.part(
        "box", (0, 0.92, 0), (0.96, 0.50, 2.55), look.colour, pattern=pattern, colour2=look.accent
    )
    rig.part("box", (0, 1.72, 0), (0.90, 0.34, 2.48), GLASS)
    rig.part("box", (0, 2.16, 0), (0.96, 0.17, 2.55), look.colour)
    for side in (-1, 1):
        for spot in (-2.48, -1.5, -0.5, 0.5, 1.5, 2.45):
            rig.part("box", (side * 0.89, 1.72, spot), (0.05, 0.36, 0.075), look.colour)
    rig.part("box", (0, 2.16, 2.56), (0.55, 0.11, 0.03), LAMPLIGHT, emission=0.3)
    rig.part("box", (0, 0.45, 0), (0.97, 0.06, 2.56), shade(look.colour, 0.5))
    _lamps(rig, 0.72, 0.72, 2.56, -2.56)
    _wheels(rig, motion, look, 0.42, 0.88, -1.6, 1.65)
    return rig.object_id


def build_bicycle(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a bicycle with a rider whose jersey has the frame's colour."""
    rig = start(builder, kind, motion, look)
    rng = look.rng
    skin = SKINS[int(rng.integers(len(SKINS)))]
    trousers = TROUSERS[int(rng.integers(len(TROUSERS)))]
    across = turn_z(np.pi / 2)
    for spot in (-0.52, 0.55):
        wheel = rig.at((0, 0.36, spot), turn_x(motion.gait))
        wheel.part("cylinder", (0, 0, 0), (0.36, 0.03, 0.36), RUBBER, turn=across)
        wheel.part("cylinder", (0, 0, 0), (0.29, 0.036, 0.29), (0.86, 0.89, 0.92), turn=across)
        wheel.part("box", (0, 0, 0), (0.042, 0.29, 0.02), STEEL)
        wheel.part("box", (0, 0, 0), (0.042, 0.02, 0.29), STEEL)
    for offset, half, tilt in (
        ((0, 0.70, 0.10), 0.36, np.pi / 2),
        ((0, 0.52, 0.20), 0.36, 0.75),
        ((0, 0.62, -0.14), 0.32, -0.22),
        ((0, 0.66, 0.50), 0.34, -0.22),
        ((0, 0.46, -0.34), 0.26, -0.95),
    ):
        rig.part("cylinder", offset, (0.035, half, 0.035), look.colour, turn=turn_x(tilt))
    rig.part("box", (0, 0.96, -0.22), (0.07, 0.035, 0.15), RUBBER)
    rig.part("cylinder", (0, 1.02, 0.43), (0.028, 0.26, 0.028), RUBBER, turn=across)
    for side, phase in ((-1, 0.0), (1, np.pi)):
        pedal = rig.at(
            (side * 0.11, 0.96, -0.18), turn_x(-1.0 + 0.42 * np.sin(0.45 * motion.gait + phase))
        )
        shin = pedal.limb(0.42, 0.075, trousers).at(
            (0, 0, 0), turn_x(1.05 - 0.3 * np.sin(0.45 * motion.gait + phase))
        )
        shin.limb(0.40, 0.062, trousers).part("box", (0, 0, 0.05), (0.05, 0.04, 0.11), RUBBER)
    back = rig.at((0, 0.98, -0.20), turn_x(0.42))
    back.part("cylinder", (0, 0.28, 0), (0.18, 0.27, 0.13), look.colour)
    back.part("ball", (0, 0.52, 0), (0.21, 0.10, 0.14), look.colour)
    for side in (-1, 1):
        arm = back.at((side * 0.22, 0.50, 0.02), turn_x(-1.15))
        arm.limb(0.50, 0.055, look.colour).part("ball", (0, 0, 0), (0.06, 0.06, 0.06), skin)
    head = back.at((0, 0.76, 0.02), turn_x(-0.35))
    head.part("ball", (0, 0, 0), (0.145, 0.16, 0.15), skin)
    head.part("ball", (0, 0.05, -0.03), (0.165, 0.15, 0.165), HAIRS[int(rng.integers(len(HAIRS)))])
    for side in (-1, 1):
        head.part("ball", (side * 0.06, -0.02, 0.135), (0.018, 0.026, 0.018), (0.05, 0.04, 0.05))
    return rig.object_id


def build_boat(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a sailing boat: hull and sail in the look's colour; it rocks with the gait phase."""
    rig = start(builder, kind, motion, look)
    hull = rig.at(
        (0, 0.16, 0),
        turn_z(0.05 * np.sin(0.8 * motion.gait)) @ turn_x(0.03 * np.sin(0.6 * motion.gait)),
    )
    hull.part("ball", (0, 0.34, 0), (0.60, 0.52, 1.50), look.colour)
    hull.part("cylinder", (0, 0.52, 0), (0.62, 0.07, 1.52), (0.95, 0.94, 0.90))
    hull.part("box", (0, 0.72, -0.75), (0.30, 0.22, 0.32), (0.95, 0.94, 0.90))
    hull.part("cylinder", (0, 1.7, 0.10), (0.045, 1.35, 0.045), WOOD)
    pattern = look.cells(3.0, 6.0)
    sail = turn_y(np.pi / 2)
    # A very flat cone is a triangle: one large sail behind the mast, a white jib before it.
    hull.part(
        "cone",
        (0, 1.95, -0.42),
        (0.92, 1.15, 0.04),
        look.colour,
        turn=sail,
        pattern=pattern,
        colour2=look.accent,
    )
    hull.part("cone", (0, 1.65, 0.72), (0.52, 0.90, 0.03), (0.97, 0.96, 0.93), turn=sail)
    return rig.object_id
