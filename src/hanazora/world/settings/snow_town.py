"""A village in deep snow: gabled cottages with lit windows, fir trees, white mountains."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import cottage, fence, lamp_post
from hanazora.world.kinds.nature import Spot, hill, pine
from hanazora.world.palette import ROOFS, SNOW, WALLS, WOOD, shade
from hanazora.world.primitives import Environment
from hanazora.world.settings.avenue import avenue, leads_away
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place


def build_snow_town(place: Place) -> Environment:
    """Cottages in a loose row behind the subjects, firs between them, mountains far away."""
    rng, view = place.rng, place.view
    unit = max(view.visible_height / 4.0, 0.8)
    _mountains(place)
    if leads_away(place):
        _lane(place)
        return _snow(place)
    row = -4.6 * unit
    low, high = place.reach(row)
    x = low - float(rng.uniform(0, 2.5))
    while x < high + 1.5:
        half_wide = float(rng.uniform(1.5, 2.1))
        z = row - half_wide - float(rng.uniform(0.0, 1.8))
        size = (half_wide, float(rng.uniform(1.8, 3.0)), float(rng.uniform(1.5, 2.0)))
        yaw = float(rng.uniform(-0.35, 0.35))
        cottage(
            place.builder,
            place.spot(x + half_wide, z, yaw=yaw),
            size,
            place.pick(WALLS),
            place.pick(ROOFS),
            lit=max(0.45, 0.9 * place.lit),
        )
        gap = float(rng.uniform(1.3, 3.0))
        pine(
            place.builder,
            place.spot(x + 2 * half_wide + 0.5 * gap, row + float(rng.uniform(-1.2, 0.8))),
            float(rng.uniform(2.2, 3.6)),
            (0.16, 0.40, 0.30),
        )
        x += 2 * half_wide + gap
    _foreground(place, unit)
    return _snow(place)


def _lane(place: Place) -> None:
    """Two rows of cottages, firs and lamps along a lane into the picture."""
    rng = place.rng
    side = max(2.4, 0.95 * place.half_width)

    def house(spot: Spot, sign: float) -> None:
        size = (float(rng.uniform(1.7, 2.1)), float(rng.uniform(1.8, 2.8)), 1.7)
        lit = max(0.45, 0.9 * place.lit)
        cottage(place.builder, spot, size, place.pick(WALLS), place.pick(ROOFS), lit=lit)

    def between(spot: Spot, sign: float) -> None:
        if rng.random() < 0.4:
            lamp_post(place.builder, spot, lit=max(0.4, place.lit))
        else:
            pine(place.builder, spot, float(rng.uniform(2.0, 3.2)), (0.16, 0.40, 0.30))

    avenue(place, side + 3.0, 5.6, house)
    avenue(place, side + 0.3, 5.6, between)


def _foreground(place: Place, unit: float) -> None:
    rng = place.rng
    low, high = place.reach(-2.2 * unit)
    for index, x in enumerate(np.arange(low + float(rng.uniform(0, 2)), high, 3.1 * unit)):
        if index % 2:
            lamp_post(place.builder, place.spot(float(x), -2.4 * unit), lit=max(0.4, place.lit))
        else:
            fence(place.builder, place.spot(float(x), -2.5 * unit), 1.1, shade(WOOD, 1.1))
    low, high = place.reach(-12.0 * unit)
    for x in np.arange(low, high, 3.4):
        pine(
            place.builder,
            place.spot(float(x) + float(rng.uniform(-1, 1)), -unit * float(rng.uniform(10, 14))),
            float(rng.uniform(3.0, 5.0)),
            (0.20, 0.42, 0.36),
        )


def _mountains(place: Place) -> None:
    rng = place.rng
    low, high = place.reach(-44.0)
    for x in np.arange(low, high + 8.0, 12.0):
        half = (float(rng.uniform(8, 11)), float(rng.uniform(4.0, 6.5)), 8.0)
        hill(
            place.builder,
            place.spot(float(x) + float(rng.uniform(-3, 3)), -46.0),
            half,
            (0.62, 0.70, 0.82),
            cap=SNOW,
        )


def _snow(place: Place) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    return replace(
        base, ground="snow", ground_colour=(0.94, 0.96, 1.0), ground_colour2=(0.84, 0.89, 0.98),
        ground_scale=0.7 * 4.0 / place.view.visible_height, bloom=0.14 if place.lit > 0.2 else 0.0,
    )  # fmt: skip
