"""An alley of pink cherry trees between houses, with petals or snow in the air."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import bench, lamp_post, lantern, town_house
from hanazora.world.kinds.nature import leafy_tree
from hanazora.world.palette import BLOSSOMS, COLOURS, ROOFS, WALLS, mix
from hanazora.world.primitives import Environment
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place


def build_cherry_alley(place: Place) -> Environment:
    """Two rows of trees and houses along z as far as the camera goes, or along x."""
    rng = place.rng
    if place.sideways:
        _side_view(place)
        return _ground(place)
    far, near = place.z_span[0] - place.view.distance - 30.0, place.z_span[1]
    side = max(2.3, 0.92 * place.half_width + 0.3) + float(rng.uniform(-0.1, 0.3))
    step = float(rng.uniform(3.3, 4.2))
    start = float(rng.uniform(0.0, step))
    for index, z in enumerate(np.arange(near - start, far, -step)):
        for sign in (-1.0, 1.0):
            x = sign * (side + float(rng.uniform(-0.15, 0.25)))
            shift = 0.45 * step if sign > 0 else 0.0
            spot = place.spot(x, float(z) - shift + float(rng.uniform(-0.3, 0.3)))
            leafy_tree(
                place.builder,
                replace(spot, snow=False),
                float(rng.uniform(4.4, 5.4)),
                _leaves(rng),
                rng,
            )
        if index % 3 == 1:
            _furnish(place, side, float(z), index)
    _houses(place, side + 4.6, far + 8.0, near)
    return _ground(place)


def _side_view(place: Place) -> None:
    """The alley seen from the side: trees in two rows behind the subjects, houses behind them."""
    rng, unit = place.rng, max(place.view.visible_height / 4.0, 0.8)
    for z, step in ((-1.9 * unit, 3.4), (-5.2 * unit, 3.0)):
        low, high = place.reach(z)
        for index, x in enumerate(np.arange(low - float(rng.uniform(0, 2)), high, step * unit)):
            spot = replace(place.spot(float(x) + float(rng.uniform(-0.3, 0.3)), z), snow=False)
            leafy_tree(place.builder, spot, float(rng.uniform(4.2, 5.0)), _leaves(rng), rng)
            if z > -4.0 * unit and index % 2:
                bench(place.builder, place.spot(float(x) + 1.6 * unit, z - 0.3))
    low, high = place.reach(-9.0 * unit)
    x = low
    while x < high:
        half_wide = float(rng.uniform(2.4, 3.2))
        size = (half_wide, float(rng.uniform(3.4, 5.6)), 1.9)
        spot = place.spot(x + half_wide, -9.5 * unit)
        town_house(
            place.builder, spot, size, place.pick(WALLS), place.pick(ROOFS), lit=0.7 * place.lit
        )
        x += 2 * half_wide + 0.3


def _leaves(rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    order = rng.permutation(len(BLOSSOMS))
    return tuple(BLOSSOMS[int(index)] for index in order)


def _furnish(place: Place, side: float, z: float, index: int) -> None:
    sign = -1.0 if index % 2 else 1.0
    if place.lit > 0:
        lantern(
            place.builder,
            place.spot(sign * side * 0.92, z + 1.2, y=2.5),
            COLOURS["red"],
            lit=place.lit,
        )
        lamp_post(place.builder, place.spot(-sign * side * 0.93, z - 0.4), lit=place.lit)
    else:
        bench(place.builder, place.spot(sign * (side + 0.1), z + 1.6, yaw=-sign * np.pi / 2))


def _houses(place: Place, x: float, far: float, near: float) -> None:
    rng = place.rng
    for sign in (-1.0, 1.0):
        z = near - 1.0
        while z > far:
            half_wide = float(rng.uniform(2.4, 3.2))
            spot = place.spot(sign * x, z - half_wide, yaw=-sign * np.pi / 2)
            size = (half_wide, float(rng.uniform(3.2, 5.6)), 1.9)
            town_house(
                place.builder, spot, size, place.pick(WALLS), place.pick(ROOFS), lit=0.7 * place.lit
            )
            z -= 2 * half_wide + float(rng.uniform(0.3, 0.9))


def _ground(place: Place) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    warm = mix(base.sky_horizon, (1.0, 0.86, 0.90), 0.25)
    base = replace(base, sky_horizon=warm, fog_colour=warm, fog_density=base.fog_density * 1.5)
    if place.snowy:
        return replace(
            base,
            ground="snow",
            ground_colour=(0.95, 0.96, 1.0),
            ground_colour2=(0.86, 0.90, 0.98),
            ground_scale=0.8,
        )
    return replace(
        base,
        ground="plain",
        ground_colour=(0.80, 0.74, 0.70),
        ground_colour2=(0.93, 0.74, 0.79),
        ground_scale=1.6,
    )
