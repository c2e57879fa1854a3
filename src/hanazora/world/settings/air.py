"""What is in the air or water: petals, snow, rain, leaves, bubbles, around the camera's view."""

from dataclasses import dataclass

import numpy as np

from hanazora.world.palette import AUTUMN, BLOSSOMS, RGB
from hanazora.world.primitives import ParticleField, ParticleShape
from hanazora.world.settings.place import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class _Flakes:
    """One layer of flying things; lengths are for a picture 4 m high."""

    number: int
    velocity: tuple[float, float, float]
    sway: float
    size: float
    colours: tuple[RGB, ...]
    shape: ParticleShape = "disc"
    alpha: float = 0.95


_SNOW = _Flakes(
    number=340, velocity=(0.18, -0.9, 0.1), sway=0.16, size=0.026, colours=((0.99, 0.99, 1.0),)
)
_PETALS = _Flakes(
    number=260, velocity=(0.34, -0.5, 0.22), sway=0.34, size=0.050, colours=BLOSSOMS, shape="petal"
)
_LAYERS: dict[str, tuple[_Flakes, ...]] = {
    "snow": (_SNOW,),
    "petals": (_PETALS,),
    "petals_snow": (_PETALS, _SNOW),
    "leaves": (
        _Flakes(
            number=90,
            velocity=(0.5, -0.6, 0.2),
            sway=0.45,
            size=0.075,
            colours=AUTUMN,
            shape="petal",
        ),
    ),
    "rain": (
        _Flakes(
            number=240,
            velocity=(0.25, -6.5, 0.0),
            sway=0.0,
            size=0.010,
            colours=((0.80, 0.86, 0.95),),
            shape="streak",
            alpha=0.45,
        ),
    ),
    "bubbles": (
        _Flakes(
            number=80,
            velocity=(0.0, 0.6, 0.0),
            sway=0.10,
            size=0.055,
            colours=((0.92, 1.0, 1.0),),
            shape="ring",
            alpha=0.8,
        ),
    ),
}


def flying(place: Place) -> tuple[ParticleField, ...]:
    """The particle layers of the shot's weather."""
    layers = _LAYERS.get(place.spec.weather, ())
    return tuple(_field(place, layer) for layer in layers)


def _field(place: Place, layer: _Flakes) -> ParticleField:
    rng, times, view = place.rng, place.times, place.view
    unit = view.visible_height / 4.0
    # Nothing flies right in front of the lens: the box begins 0.4 of the way to the subjects.
    half = np.array(
        [0.80 * view.visible_width + 0.8 * unit, 0.75 * view.visible_height, 0.85 * view.distance]
    )
    middle = place.camera.eye + np.array([0.0, 0.0, -1.25 * view.distance])
    middle[:, 1] = np.maximum(middle[:, 1], half[1] - 0.3 * unit)
    begin = rng.uniform(-1, 1, (layer.number, 3)) * half
    phase = rng.uniform(0, 2 * np.pi, (layer.number, 2))
    pace = 1.0 + 0.3 * rng.uniform(-1, 1, (layer.number, 1))
    clock = times[:, None]
    drift = np.asarray(layer.velocity) * unit * pace
    sway = layer.sway * unit
    swing = np.stack(
        [
            sway * np.sin(1.7 * clock + phase[:, 0]),
            0 * clock * phase[:, 0],
            sway * np.cos(1.3 * clock + phase[:, 1]),
        ],
        axis=-1,
    )
    moved = begin + drift * clock[..., None] + swing - middle[:, None]
    wrapped = np.mod(moved + half, 2 * half) - half + middle[:, None]
    colours = np.asarray(layer.colours)[rng.integers(0, len(layer.colours), layer.number)]
    turning = layer.shape == "petal"
    return ParticleField(
        positions=wrapped,
        colours=colours,
        sizes=layer.size * unit * rng.uniform(0.7, 1.3, layer.number),
        alpha=layer.alpha,
        shape=layer.shape,
        angles=phase[:, 0] + 2.0 * clock * pace[:, 0] if turning else None,
        flatness=0.35 + 0.65 * np.abs(np.sin(1.9 * clock + phase[:, 1])) if turning else None,
        velocity=(
            layer.velocity[0] * unit,
            layer.velocity[1] * unit,
            layer.velocity[2] * unit,
        ),
    )
