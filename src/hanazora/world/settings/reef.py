"""A coral reef under clear water: corals, seaweed, rocks, light ripples and small fish far away."""

from dataclasses import replace

from hanazora.world.kinds.nature import coral, rock, seaweed
from hanazora.world.kinds.rig import plain_look
from hanazora.world.kinds.sea import build_fish
from hanazora.world.motion import still, swim, travel
from hanazora.world.palette import RGB, mix
from hanazora.world.primitives import Environment
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_WATERS: tuple[tuple[RGB, RGB], ...] = (
    ((0.34, 0.76, 0.84), (0.05, 0.32, 0.60)),
    ((0.40, 0.80, 0.78), (0.06, 0.40, 0.52)),
    ((0.42, 0.70, 0.90), (0.10, 0.24, 0.58)),
)
_WEEDS: tuple[RGB, ...] = ((0.14, 0.55, 0.36), (0.24, 0.62, 0.30), (0.10, 0.46, 0.42))


def build_reef(place: Place) -> Environment:
    """Clumps of coral and weed behind the subjects and at the lower corners of the picture."""
    rng, view = place.rng, place.view
    unit = view.visible_height / 3.0
    for index in range(26):
        z = (
            -unit * float(rng.uniform(0.6, 7.5))
            if index > 3
            else unit * float(rng.uniform(0.1, 0.5))
        )
        low, high = place.reach(z)
        x = float(rng.uniform(low, high))
        if index <= 3:
            x = (low if index % 2 else high) * float(rng.uniform(0.72, 0.9))
        spot = place.spot(x, z)
        if index % 3 == 0:
            seaweed(
                place.builder,
                spot,
                unit * float(rng.uniform(0.7, 1.5)),
                place.pick(_WEEDS),
                float(rng.uniform(0, 6)),
            )
        elif index % 7 == 1:
            rock(place.builder, spot, unit * float(rng.uniform(0.35, 0.7)), (0.46, 0.48, 0.52))
        else:
            coral(place.builder, spot, unit * float(rng.uniform(0.45, 0.95)), rng)
    _far_fish(place, unit)
    return _water(place)


def _far_fish(place: Place, unit: float) -> None:
    """A few small fish in the colour of the water, so that nobody counts them as subjects."""
    rng = place.rng
    for _ in range(4):
        z = -unit * float(rng.uniform(5.0, 8.0))
        low, high = place.reach(z)
        direction = "left" if rng.random() < 0.5 else "right"
        start = (float(rng.uniform(low, high)), unit * float(rng.uniform(1.2, 2.6)), z)
        motion = travel(
            still(place.times, start), place.times, direction, 0.35 * unit, step=0.2, stride=1.0
        )
        motion = swim(motion, place.times, rate=5.0, drift=0.04, phase=float(rng.uniform(0, 6)))
        build_fish(
            place.builder,
            "fish",
            motion,
            plain_look((0.30, 0.58, 0.70), scale=0.42 * unit, simple=True),
        )


def _water(place: Place) -> Environment:
    base = daylight("day", "clear", reach=place.view.distance)
    horizon, deep = place.pick(_WATERS)
    return replace(
        base,
        ground="sand",
        ground_colour=(0.93, 0.82, 0.60),
        ground_colour2=(0.86, 0.73, 0.50),
        ground_scale=0.8 * 3.0 / place.view.visible_height,
        sky_horizon=horizon,
        sky_zenith=deep,
        fog_colour=horizon,
        fog_density=0.16 / place.view.distance,
        sun_direction=(-0.35, 0.85, 0.40),
        sun_colour=(0.56, 0.58, 0.52),
        ambient=mix((0.58, 0.64, 0.68), horizon, 0.1),
        sun_disc=0.0,
        clouds=0.0,
        caustics=0.6,
        shadow=0.5,
        exposure=1.10,
    )
