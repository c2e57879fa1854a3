"""A playroom floor with a plain wall: the clean place for shapes, counts and sizes."""

from dataclasses import replace

from hanazora.world.kinds.nature import place as put
from hanazora.world.palette import CREAM, RGB, WOOD, mix, shade
from hanazora.world.primitives import Environment, GroundMode
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_WALL_COLOURS: tuple[RGB, ...] = (
    (0.80, 0.86, 0.90),
    (0.93, 0.88, 0.78),
    (0.84, 0.88, 0.80),
    (0.90, 0.83, 0.85),
)
_FLOORS: tuple[tuple[GroundMode, RGB, RGB], ...] = (
    ("checker", (0.88, 0.87, 0.84), (0.74, 0.76, 0.80)),
    ("checker", (0.86, 0.72, 0.55), (0.78, 0.63, 0.46)),
    ("plain", (0.80, 0.68, 0.53), (0.76, 0.63, 0.48)),
    ("plain", (0.78, 0.82, 0.86), (0.74, 0.79, 0.84)),
)


def build_toys(place: Place) -> Environment:
    """A wall with a skirting board, a window and, sometimes, a round rug under the toys."""
    rng, view = place.rng, place.view
    unit = view.visible_height / 2.4
    wall_z = -2.6 * unit + place.z_span[0] - view.distance
    low, high = place.reach(wall_z)
    wall = place.pick(_WALL_COLOURS)
    rig = put(place.builder, "wall", place.spot(0.5 * (low + high), wall_z))
    half = 0.5 * (high - low) + 2.0
    rig.part("box", (0, 4.0 * unit, -0.1), (half, 4.0 * unit, 0.1), wall)
    rig.part("box", (0, 0.10 * unit, 0.03), (half, 0.10 * unit, 0.04), shade(wall, 1.35))
    if rng.random() < 0.7:
        _window(place, unit, wall_z, float(rng.uniform(-0.8, 0.8)) * place.half_width)
    if rng.random() < 0.6 and place.spec.camera.move != "follow":
        rug = put(place.builder, "rug", place.spot(0.0, 0.0))
        pale = mix(place.pick(_WALL_COLOURS), (0.95, 0.90, 0.85), 0.4)
        wide = 0.62 * view.visible_width
        rug.part("cylinder", (0, 0.006, -0.1 * unit), (wide, 0.006, 0.9 * unit), shade(pale, 0.86))
        rug.part("cylinder", (0, 0.010, -0.1 * unit), (0.86 * wide, 0.008, 0.76 * unit), pale)
    return _room(place, unit)


def _window(place: Place, unit: float, wall_z: float, x: float) -> None:
    rig = put(place.builder, "window", place.spot(x, wall_z, y=1.95 * unit))
    rig.part("box", (0, 0, 0.02), (0.72 * unit, 0.66 * unit, 0.04), shade(CREAM, 1.3))
    rig.part(
        "box",
        (0, 0, 0.05),
        (0.62 * unit, 0.56 * unit, 0.04),
        (0.66, 0.84, 0.96),
        pattern=("gradient", 1.0, 1.0),
        colour2=(0.86, 0.94, 0.98),
    )
    rig.part("box", (0, 0, 0.08), (0.03 * unit, 0.56 * unit, 0.03), shade(CREAM, 1.3))
    rig.part("box", (0, 0, 0.08), (0.62 * unit, 0.03 * unit, 0.03), shade(CREAM, 1.3))
    rig.part("box", (0, -0.70 * unit, 0.10), (0.80 * unit, 0.05 * unit, 0.10), WOOD)


def _room(place: Place, unit: float) -> Environment:
    base = daylight("day", "clear", reach=place.view.distance)
    ground, first, second = place.pick(_FLOORS)
    return replace(
        base, ground=ground, ground_colour=first, ground_colour2=second, ground_scale=1.25 / unit,
        fog_density=0.0, clouds=0.0, sun_direction=(-0.42, 0.80, 0.52), ambient=(0.54, 0.55, 0.58),
        sun_colour=(0.66, 0.62, 0.55), shadow=0.75, shadow_radius=2.6 * place.view.distance,
        sky_horizon=(0.86, 0.90, 0.94), sky_zenith=(0.70, 0.80, 0.92),
    )  # fmt: skip
