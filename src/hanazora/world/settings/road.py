"""A road seen from the side, with town houses, street trees and lamps behind it."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import lamp_post, town_house
from hanazora.world.kinds.nature import Spot, leafy_tree, shrub
from hanazora.world.palette import AUTUMN, LEAVES, ROOFS, WALLS, mix
from hanazora.world.primitives import Environment
from hanazora.world.settings.avenue import avenue, leads_away
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_WHEELED = frozenset({"car", "truck", "bus", "bicycle"})


def build_road(place: Place) -> Environment:
    """Houses in a row, trees before them, the road under vehicles or behind walkers."""
    if leads_away(place):
        return _into_depth(place)
    rng, view = place.rng, place.view
    half_road = max(2.3, 0.30 * view.visible_height)
    driving = any(subject.kind in _WHEELED for subject in place.spec.subjects)
    centre = 0.05 * view.visible_height if driving else -half_road - 0.9
    back = centre - half_road - 1.6
    low, high = place.reach(back - 5.0)
    x = low - float(rng.uniform(0, 3))
    while x < high + 2.0:
        half_wide = float(rng.uniform(2.0, 3.1))
        size = (half_wide, float(rng.uniform(3.4, 6.4)), 1.6)
        town_house(
            place.builder,
            place.spot(x + half_wide, back - 5.2),
            size,
            place.pick(WALLS),
            place.pick(ROOFS),
            lit=0.7 * place.lit,
        )
        x += 2 * half_wide + float(rng.choice([0.05, 0.05, 1.4]))
    low, high = place.reach(back)
    leaves = AUTUMN if place.spec.weather == "leaves" else LEAVES
    for index, x in enumerate(np.arange(low + float(rng.uniform(0, 3)), high, 4.6)):
        spot = place.spot(
            float(x) + float(rng.uniform(-0.6, 0.6)), back - float(rng.uniform(0.2, 0.8))
        )
        if index % 2 == 0:
            leafy_tree(place.builder, spot, float(rng.uniform(3.0, 3.9)), leaves, rng)
        elif index % 4 == 1:
            lamp_post(place.builder, spot, lit=place.lit)
        else:
            shrub(place.builder, spot, 0.7, leaves[0])
    return _ground(place, centre, half_road)


def _into_depth(place: Place) -> Environment:
    """The road along z between two rows of houses and trees."""
    rng = place.rng
    half_road = max(2.4, 0.75 * place.half_width)
    leaves = AUTUMN if place.spec.weather == "leaves" else LEAVES

    def house(spot: Spot, sign: float) -> None:
        size = (float(rng.uniform(2.3, 2.7)), float(rng.uniform(3.4, 6.4)), 1.8)
        wall, roof = place.pick(WALLS), place.pick(ROOFS)
        town_house(place.builder, spot, size, wall, roof, lit=0.7 * place.lit)

    def green(spot: Spot, sign: float) -> None:
        if sign > 0 and rng.random() < 0.4:
            lamp_post(place.builder, spot, lit=place.lit)
        else:
            leafy_tree(place.builder, spot, float(rng.uniform(3.0, 3.8)), leaves, rng)

    avenue(place, half_road + 5.4, 5.5, house)
    avenue(place, half_road + 1.3, 6.5, green)
    return replace(_ground(place, 0.0, half_road), road_along_x=False)


def _ground(place: Place, centre: float, half_road: float) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    verge = (0.90, 0.92, 0.97) if place.snowy else (0.66, 0.64, 0.60)
    asphalt = (0.33, 0.34, 0.37)
    return replace(
        base,
        ground="road",
        road_along_x=True,
        road_centre=centre,
        road_half_width=half_road,
        ground_colour=asphalt,
        ground_colour2=mix(asphalt, verge, 0.14),
        verge_colour=verge,
        ground_scale=1.2,
        wet=0.7 if place.spec.weather == "rain" else 0.0,
    )
