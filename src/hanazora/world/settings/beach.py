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
    return 0.10 * visible_height if boats else -max(0.42 * visible_height, 2.0)


def build_beach(place: Place) -> Environment:
    """Sea across the middle distance, sand in front."""
    rng, view = place.rng, place.view
    boats = any(subject.kind == "boat" for subject in place.spec.subjects)
    shore = shore_depth(view.visible_height, boats=boats)
    _sea(place, shore, view.visible_height / 4.0)
    low, high = place.reach(-40.0)
    for _ in range(2):
        x = float(rng.uniform(0.8 * low, 0.8 * high))
        hill(
            place.builder,
            place.spot(x, -42.0),
            (float(rng.uniform(5, 9)), float(rng.uniform(1.2, 2.6)), 4.0),
            (0.42, 0.60, 0.52),
        )
    if not boats:
        _sand_things(place, shore)
    return _light(place)


def _sea(place: Place, shore: float, unit: float) -> None:
    low, high = place.reach(-60.0)
    middle, half = 0.5 * (low + high), 0.5 * (high - low) + 10.0
    colour = mix(
        place.pick(_SEAS), (0.10, 0.14, 0.28), 0.55 if place.spec.time_of_day == "night" else 0.0
    )
    rig = put(place.builder, "sea", place.spot(middle, 0.0))
    deep = 0.5 * (shore + 70.0)
    rig.part("box", (0, 0.0, shore - deep), (half, 0.03, deep), colour)
    rig.part(
        "box",
        (0, 0.005, shore - 0.9 * unit - deep),
        (half, 0.03, deep),
        mix(colour, (0.02, 0.22, 0.46), 0.32),
    )
    rng = place.rng
    for index in range(15):
        # Foam comes in slowly and slides back: a sine, each line with its own phase.
        slide = 0.22 * unit * np.sin(0.9 * place.times + 1.3 * index)
        depth = shore - (0.0 if index == 0 else unit * (0.4 + 0.07 * index**2.1))
        near, far = place.reach(depth)
        x = 0.0 if index == 0 else float(rng.uniform(near, far)) - middle
        centre = np.stack([x + 0 * slide, 0.04 + 0 * slide, depth + slide], axis=-1)
        wide = half if index == 0 else (0.35 + 0.13 * index) * unit * float(rng.uniform(0.5, 1.2))
        rig.part("box", centre, (wide, 0.012, 0.028 * unit * (1.5 + 0.35 * index)), _FOAM)


def _sand_things(place: Place, shore: float) -> None:
    rng = place.rng
    side = -1.0 if rng.random() < 0.5 else 1.0
    z = 0.75 * shore - 0.2
    edge = place.view.half_width_at(z)
    palm(place.builder, place.spot(side * (0.80 * edge), z), float(rng.uniform(3.2, 4.2)))
    if rng.random() < 0.7:
        palm(
            place.builder,
            place.spot(side * (0.95 * edge + 0.3), z - 0.4),
            float(rng.uniform(2.8, 3.6)),
        )
    colour = place.pick((COLOURS["red"], COLOURS["orange"], COLOURS["blue"], COLOURS["pink"]))
    parasol(place.builder, place.spot(-side * 0.80 * edge, z + 0.1), colour)
    for _ in range(3):
        x = float(rng.uniform(-1.3, 1.3)) * edge
        rock(
            place.builder,
            place.spot(x, shore - 0.3),
            float(rng.uniform(0.15, 0.4)),
            (0.56, 0.53, 0.50),
        )


def _light(place: Place) -> Environment:
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=place.view.distance + 2.0)
    return replace(
        base, ground="sand", ground_colour=(0.95, 0.86, 0.66), ground_colour2=(0.90, 0.79, 0.57),
        ground_scale=0.8 * 4.0 / place.view.visible_height,
    )  # fmt: skip
