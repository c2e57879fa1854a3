"""A park: lawn, round trees, benches, flowers, a fence and hills."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import bench, fence
from hanazora.world.kinds.nature import Spot, flowers, hill, leafy_tree, shrub
from hanazora.world.palette import AUTUMN, BLOSSOMS, CREAM, LEAVES, RGB, mix
from hanazora.world.primitives import Environment
from hanazora.world.settings.avenue import avenue, leads_away
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_PETAL_COLOURS: tuple[RGB, ...] = (
    (0.98, 0.84, 0.30),
    (0.97, 0.97, 0.95),
    (0.93, 0.50, 0.66),
    (0.70, 0.52, 0.90),
)


def build_park(place: Place) -> Environment:
    """Trees at several depths with a clear lawn in the middle."""
    rng, view = place.rng, place.view
    unit = max(view.visible_height / 4.0, 0.8)
    _hills(place, unit)
    leaves = {"leaves": AUTUMN, "petals": BLOSSOMS}.get(place.spec.weather, LEAVES)
    if leads_away(place):
        _path(place, leaves)
        return _lawn(place)
    low, high = place.reach(-4.0 * unit)
    for x in np.arange(low + float(rng.uniform(0, 2)), high, 2.9 * unit):
        z = -unit * float(rng.uniform(2.6, 6.5))
        leafy_tree(
            place.builder,
            place.spot(float(x) + float(rng.uniform(-0.7, 0.7)), z),
            unit**0.5 * float(rng.uniform(3.2, 4.6)),
            leaves,
            rng,
        )
    low, high = place.reach(-9.0 * unit)
    for x in np.arange(low, high, 3.6 * unit):
        z = -unit * float(rng.uniform(8.0, 12.0))
        leafy_tree(
            place.builder,
            place.spot(float(x) + float(rng.uniform(-1, 1)), z),
            float(rng.uniform(3.4, 4.8)),
            leaves,
            rng,
        )
    _furnish(place, unit)
    return _lawn(place)


def _path(place: Place, leaves: tuple[RGB, ...]) -> None:
    """Two rows of trees and benches that leave the way into the picture free."""
    rng = place.rng
    side = max(2.4, 0.95 * place.half_width)

    def tree(spot: Spot, sign: float) -> None:
        leafy_tree(place.builder, spot, float(rng.uniform(3.4, 4.6)), leaves, rng)

    def seat(spot: Spot, sign: float) -> None:
        if sign < 0 or place.snowy:
            bench(place.builder, spot)
        else:
            flowers(place.builder, spot, place.pick(_PETAL_COLOURS), rng)

    avenue(place, side + 0.4, 4.4, tree)
    avenue(place, side + 3.8, 8.0, tree)
    avenue(place, side - 0.5, 7.5, seat)


def _furnish(place: Place, unit: float) -> None:
    rng = place.rng
    low, high = place.reach(-1.6 * unit)
    for x in np.arange(low + float(rng.uniform(0, 2)), high, 5.2 * unit):
        bench(place.builder, place.spot(float(x), -1.75 * unit, yaw=float(rng.uniform(-0.3, 0.3))))
        if not place.snowy:
            flowers(
                place.builder,
                place.spot(float(x) + 1.7, -1.5 * unit),
                place.pick(_PETAL_COLOURS),
                rng,
            )
            flowers(
                place.builder,
                place.spot(float(x) + 2.5, -1.9 * unit),
                place.pick(_PETAL_COLOURS),
                rng,
            )
        shrub(
            place.builder,
            place.spot(float(x) + 3.2 * unit, -2.3 * unit),
            0.55 * unit,
            mix((0.20, 0.50, 0.24), (0.5, 0.7, 0.3), float(rng.uniform())),
        )
    if rng.random() < 0.5:
        z = -7.0 * unit
        low, high = place.reach(z)
        for x in np.arange(low, high, 3.0):
            fence(place.builder, place.spot(float(x), z), 1.5, CREAM)


def _hills(place: Place, unit: float) -> None:
    rng = place.rng
    low, high = place.reach(-30.0)
    green = (0.46, 0.66, 0.42) if not place.snowy else (0.88, 0.91, 0.96)
    for x in np.arange(low, high + 6.0, 11.0):
        half = (float(rng.uniform(13, 19)), float(rng.uniform(2.6, 4.6)), 6.0)
        hill(place.builder, place.spot(float(x) + float(rng.uniform(-2, 2)), -34.0), half, green)


def _lawn(place: Place) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    if place.snowy:
        return replace(
            base, ground="snow", ground_colour=(0.95, 0.96, 1.0), ground_colour2=(0.87, 0.91, 0.98)
        )
    return replace(
        base, ground="grass", ground_colour=(0.42, 0.68, 0.30), ground_colour2=(0.34, 0.58, 0.25),
        ground_scale=1.0 * 4.0 / place.view.visible_height,
    )  # fmt: skip
