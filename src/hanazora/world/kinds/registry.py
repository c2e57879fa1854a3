"""One table of every kind a sentence can name: how it is built, how big it is, how it moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hanazora.world.kinds.animals import build_bird, build_cat, build_dog
from hanazora.world.kinds.buildings import build_sign
from hanazora.world.kinds.person import build_person, build_robot
from hanazora.world.kinds.rig import Look
from hanazora.world.kinds.sea import (
    build_fish,
    build_jellyfish,
    build_octopus,
    build_seahorse,
    build_turtle,
)  # fmt: skip
from hanazora.world.kinds.toys import build_balloon, build_kite, build_snowman, build_solid
from hanazora.world.kinds.vehicles import (
    build_bicycle,
    build_boat,
    build_bus,
    build_car,
    build_truck,
)  # fmt: skip
from hanazora.world.motion import Motion
from hanazora.world.primitives import SceneBuilder

Build = Callable[[SceneBuilder, str, Motion, Look], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What staging must know about a kind."""

    build: Build
    """Adds one to a scene and returns its object id."""
    height: float
    """Metres from the lowest to the highest point at medium size."""
    width: float
    """Metres across when it faces the camera."""
    length: float
    """Metres across when it is seen from the side."""
    speed: float
    """Metres a second when a camera goes along with it."""
    step: float
    """Metres travelled per radian of the gait phase (wheel radius for vehicles)."""
    stance: float = 0.25
    """How far a resting one is turned from the camera, radians (pi/2 shows its side)."""
    swims: bool = False
    """Its position is the middle of its body, which floats in water."""
    flies: bool = False
    """Its position is in the air when it is not standing."""
    below: float = 0.0
    """Metres from its position down to its lowest point, for things placed by their middle."""


_SIDE = 1.25
KIND_TABLE: Mapping[str, Kind] = {
    "woman": Kind(build=build_person, height=1.74, width=0.70, length=0.70, speed=1.2, step=0.21),
    "man": Kind(build=build_person, height=1.80, width=0.75, length=0.72, speed=1.25, step=0.22),
    "child": Kind(build=build_person, height=1.30, width=0.58, length=0.55, speed=1.0, step=0.15),
    "robot": Kind(build=build_robot, height=1.86, width=1.05, length=0.75, speed=1.0, step=0.17),
    "dog": Kind(
        build=build_dog, height=0.85, width=0.50, length=1.15, speed=1.4, step=0.14, stance=0.95
    ),
    "cat": Kind(
        build=build_cat, height=0.82, width=0.45, length=1.0, speed=1.1, step=0.11, stance=0.85
    ),
    "bird": Kind(
        build=build_bird,
        height=0.68,
        width=0.9,
        length=0.95,
        speed=1.8,
        step=0.16,
        stance=0.9,
        flies=True,
        below=0.25,
    ),
    "car": Kind(
        build=build_car, height=1.41, width=1.65, length=3.35, speed=3.4, step=0.33, stance=_SIDE
    ),
    "truck": Kind(
        build=build_truck, height=2.58, width=1.95, length=4.65, speed=3.4, step=0.42, stance=_SIDE
    ),
    "bus": Kind(
        build=build_bus, height=2.36, width=2.0, length=5.15, speed=3.2, step=0.42, stance=_SIDE
    ),
    "bicycle": Kind(
        build=build_bicycle, height=1.95, width=0.7, length=1.9, speed=2.6, step=0.36, stance=_SIDE
    ),
    "boat": Kind(
        build=build_boat, height=3.15, width=1.2, length=2.8, speed=1.5, step=0.5, stance=_SIDE
    ),
    "fish": Kind(
        build=build_fish,
        height=0.95,
        width=0.45,
        length=1.35,
        speed=1.2,
        step=0.17,
        stance=1.2,
        swims=True,
        below=0.48,
    ),
    "turtle": Kind(
        build=build_turtle,
        height=0.75,
        width=2.0,
        length=2.1,
        speed=0.9,
        step=0.2,
        stance=1.05,
        swims=True,
        below=0.35,
    ),
    "jellyfish": Kind(
        build=build_jellyfish,
        height=1.15,
        width=0.95,
        length=0.95,
        speed=0.6,
        step=0.16,
        stance=0.3,
        swims=True,
        below=0.66,
    ),
    "seahorse": Kind(
        build=build_seahorse,
        height=1.45,
        width=0.5,
        length=0.85,
        speed=0.6,
        step=0.15,
        stance=1.1,
        swims=True,
        below=0.65,
    ),
    "octopus": Kind(
        build=build_octopus,
        height=1.35,
        width=1.45,
        length=1.45,
        speed=0.8,
        step=0.2,
        stance=0.25,
        swims=True,
        below=0.7,
    ),
    "ball": Kind(build=build_solid, height=0.9, width=0.9, length=0.9, speed=1.6, step=0.45),
    "box": Kind(
        build=build_solid, height=0.8, width=0.95, length=0.95, speed=1.2, step=0.45, stance=0.45
    ),
    "cylinder": Kind(build=build_solid, height=0.9, width=0.8, length=0.8, speed=1.2, step=0.45),
    "cone": Kind(build=build_solid, height=1.04, width=0.96, length=0.96, speed=1.2, step=0.45),
    "balloon": Kind(
        build=build_balloon, height=1.65, width=0.85, length=0.85, speed=0.7, step=0.3, flies=True
    ),
    "kite": Kind(
        build=build_kite,
        height=1.9,
        width=1.3,
        length=1.3,
        speed=1.2,
        step=0.4,
        stance=0.15,
        flies=True,
        below=1.35,
    ),
    "snowman": Kind(build=build_snowman, height=2.0, width=1.3, length=1.3, speed=0.8, step=0.3),
    "sign": Kind(
        build=build_sign, height=2.07, width=2.0, length=2.0, speed=0.0, step=1.0, stance=0.12
    ),
}
"""Every kind of `vocabulary.KINDS`."""

SIZE_SCALES: Mapping[str, float] = {"small": 0.70, "medium": 1.0, "large": 1.38}
"""Size words as a factor of the kind's usual size."""
SUPPORTED_KINDS: frozenset[str] = frozenset(KIND_TABLE)
"""Kinds that can be drawn."""
