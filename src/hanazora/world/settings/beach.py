"""A beach: sand, a calm sea with foam lines, palms, parasols, an island on the horizon."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import parasol
from hanazora.world.kinds.nature import hill, palm, rock
from hanazora.world.kinds.nature import place as put
from hanazora.world.palette import COLOURS, RGB, mix
from hanazora.world.primitives import Environment
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_SEAS: tuple[RGB, ...] = ((0.16, 0.60, 0.72), (0.20, 0.66, 0.70), (0.16, 0.50, 0.74))
_FOAM: RGB = (0.95, 0.98, 0.98)


def shore_depth(visible_height: float, *, boats: bool) -> float:
    """World z of the water's edge: behind people, in front of boats."""
    return (0.10 if boats else -0.42) * visible_height


def build_beach(place: Place) -> Environment:
    """Sea across the middle distance, sand in front."""
    rng, view = place.rng, place.view
    boats = any(subject.kind == "boat" for subject in place.spec.subjects)
    shore = shore_depth(view.visible_height, boats=boats)
    _sea(place, shore, view.visible_height / 4.0)
    low, high = place.reach(-40.0)
    for _ in range(2):
        x = float(rng.uniform(0.8 * low, 0.8 * high))
        hill(place.builder, place.spot(x, -42.0), (float(rng.uniform(5, 9)), float(rng.uniform(1.2, 2.6)), 4.0), (0.42, 0.60, 0.52))
    if not boats:
        _sand_things(place, shore)
    return _light(place)


def _sea(place: Place, shore: float, unit: float) -> None:
    low, high = place.reach(-60.0)
    middle, half = 0.5 * (low + high), 0.5 * (high - low) + 10.0
    colour = mix(place.pick(_SEAS), (0.10, 0.14, 0.28), 0.55 if place.spec.time_of_day == "night" else 0.0)
    rig = put(place.builder, "sea", place.spot(middle, 0.0))
    deep = 0.5 * (shore + 70.0)
    rig.part("box", (0, 0.0, shore - deep), (half, 0.03, deep), colour)
    rig.part("box", (0, 0.005, shore - 0.9 * unit - deep), (half, 0.03, deep), mix(colour, (0.02, 0.22, 0.46), 0.32))
    for index in range(5):
        # Foam lines come in slowly and slide back: a sine, each line with its own phase.
        slide = 0.22 * unit * np.sin(0.9 * place.times + 1.3 * index)
        depth = shore - unit * (0.0 + 0.85 * index + 0.35 * index**1.6)
        centre = np.stack([2.0 * np.sin(1.7 * index) + 0 * slide, 0.035 + 0 * slide, depth + slide], axis=-1)
        wide = half if index == 0 else half * 0.35
        rig.part("box", centre, (wide, 0.012, 0.05 * unit * (1.0 + 0.4 * index)), _FOAM)


def _sand_things(place: Place, shore: float) -> None:
    rng = place.rng
    edge = place.half_width
    side = -1.0 if rng.random() < 0.5 else 1.0
    z = 0.75 * shore - 0.2
    palm(place.builder, place.spot(side * (0.95 * edge), z), float(rng.uniform(3.2, 4.2)))
    if rng.random() < 0.7:
        palm(place.builder, place.spot(side * (1.22 * edge + 0.4), z - 0.9), float(rng.uniform(2.8, 3.6)))
    colour = place.pick((COLOURS["red"], COLOURS["orange"], COLOURS["blue"], COLOURS["pink"]))
    parasol(place.builder, place.spot(-side * 0.92 * edge, z + 0.2), colour)
    for _ in range(3):
        x = float(rng.uniform(-1.3, 1.3)) * edge
        rock(place.builder, place.spot(x, shore - 0.3), float(rng.uniform(0.15, 0.4)), (0.56, 0.53, 0.50))


def _light(place: Place) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    return replace(
        base, ground="sand", ground_colour=(0.95, 0.86, 0.66), ground_colour2=(0.90, 0.79, 0.57),
        ground_scale=0.8 * 4.0 / place.view.visible_height,
    )  # fmt: skip
