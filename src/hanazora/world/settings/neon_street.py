"""A shopping street at night: lit shops, awnings, blade signs, a wet road, passers-by."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.buildings import lantern, shop
from hanazora.world.kinds.person import build_person
from hanazora.world.kinds.rig import plain_look
from hanazora.world.motion import still, travel
from hanazora.world.palette import NEONS, RGB, mix, shade
from hanazora.world.primitives import MAX_LIGHTS, Environment
from hanazora.world.settings.light import daylight
from hanazora.world.settings.place import Place

_COATS: tuple[RGB, ...] = (
    (0.20, 0.22, 0.30),
    (0.34, 0.32, 0.34),
    (0.46, 0.40, 0.36),
    (0.24, 0.30, 0.34),
    (0.55, 0.52, 0.50),
)
_UMBRELLAS: tuple[RGB, ...] = ((0.80, 0.80, 0.82), (0.30, 0.34, 0.46), (0.62, 0.56, 0.50))


def build_neon_street(place: Place) -> Environment:
    """Two rows of shops along z; the light of the nearest signs falls on the street."""
    rng = place.rng
    if place.sideways:
        return _side_view(place)
    half_street = max(2.9, 1.02 * place.half_width + 0.5)
    far = place.z_span[0] - place.view.distance - 30.0
    lights: list[tuple[float, float, RGB]] = []
    for sign in (-1.0, 1.0):
        z = place.z_span[1] + float(rng.uniform(-1.5, 1.0))
        while z > far:
            half_wide = float(rng.uniform(1.9, 2.6))
            glow = place.pick(NEONS)
            spot = place.spot(sign * (half_street + 2.2), z - half_wide, yaw=-sign * np.pi / 2)
            wall = mix((0.16, 0.15, 0.21), place.pick(NEONS), 0.08)
            size = (half_wide, float(rng.uniform(5.0, 9.5)), 2.2)
            shop(place.builder, spot, size, (wall, shade(place.pick(NEONS), 0.8), glow), lit=0.9)
            lights.append((sign * (half_street - 0.7), z - half_wide, glow))
            z -= 2 * half_wide + 0.12
    _lantern_strings(place, half_street)
    _passers_by(place, half_street)
    return _night(place, lights)


def _side_view(place: Place) -> Environment:
    """One row of shops that faces the camera, for a camera that goes along the street."""
    rng, view = place.rng, place.view
    front = -max(1.5, 0.45 * view.visible_height)
    low, high = place.reach(front)
    lights: list[tuple[float, float, RGB]] = []
    x = low - float(rng.uniform(0.0, 2.0))
    while x < high:
        half_wide = float(rng.uniform(1.9, 2.6))
        glow = place.pick(NEONS)
        wall = mix((0.16, 0.15, 0.21), place.pick(NEONS), 0.08)
        size = (half_wide, float(rng.uniform(5.0, 8.5)), 2.0)
        spot = place.spot(x + half_wide, front - 2.9)
        shop(place.builder, spot, size, (wall, shade(place.pick(NEONS), 0.8), glow), lit=0.9)
        lights.append((x + half_wide, front + 0.6, glow))
        x += 2 * half_wide + 0.12
    middle = float(place.camera.target[:, 0].mean())
    lights.sort(key=lambda light: abs(light[0] - middle))
    wide = max(1.2, 0.36 * view.visible_height)
    return replace(
        _night(place, lights[:MAX_LIGHTS]),
        road_along_x=True,
        road_centre=0.02 * view.visible_height,
        road_half_width=wide,
    )


def _lantern_strings(place: Place, half_street: float) -> None:
    for index in range(3):
        z = place.z_span[0] - place.view.distance - 2.0 - 5.5 * index
        for x in np.linspace(-0.7, 0.7, 3) * half_street:
            height = 3.9 + 0.25 * abs(x) / half_street
            lantern(place.builder, place.spot(float(x), z, y=height), (1.0, 0.50, 0.30), lit=0.8)


def _passers_by(place: Place, half_street: float) -> None:
    """Six people in quiet colours who keep to the sides, three each way."""
    rng, near = place.rng, place.z_span[0] - place.view.distance
    for index in range(6):
        sign = -1.0 if index % 2 else 1.0
        direction = "toward" if index % 3 else "away"
        speed = float(rng.uniform(0.8, 1.2))
        x = sign * float(rng.uniform(0.55, 0.85)) * half_street
        start_z = near - 2.5 - 2.6 * index - float(rng.uniform(0, 1.5))
        motion = still(place.times, (x, 0.0, start_z))
        motion = travel(motion, place.times, direction, speed, step=0.21, stride=0.6)
        motion = replace(motion, gait=motion.gait + index)
        look = plain_look(
            place.pick(_COATS),
            scale=float(rng.uniform(0.92, 1.04)),
            seed=int(rng.integers(1 << 30)),
            simple=True,
        )
        if place.spec.weather == "rain":
            look = replace(look, extras=("umbrella",), details={"extra": place.pick(_UMBRELLAS)})
        build_person(place.builder, "woman" if rng.random() < 0.5 else "man", motion, look)


def _night(place: Place, lights: list[tuple[float, float, RGB]]) -> Environment:
    reach = place.view.distance + 2.0
    base = daylight(place.spec.time_of_day, place.spec.weather, reach=reach)
    centre = float(place.camera.target[:, 2].mean()) - 2.0
    nearest = sorted(lights, key=lambda light: abs(light[1] - centre))[:MAX_LIGHTS]
    positions = np.array([(x, 2.5, z) for x, z, _ in nearest])
    night = place.spec.time_of_day == "night"
    haze = (0.17, 0.11, 0.26) if night else mix(base.sky_horizon, (0.45, 0.25, 0.45), 0.35)
    return replace(
        base,
        ground="road",
        road_half_width=max(2.0, 0.8 * place.half_width),
        ground_scale=1.4,
        ground_colour=(0.09, 0.09, 0.12),
        ground_colour2=(0.12, 0.12, 0.16),
        verge_colour=(0.18, 0.17, 0.21),
        line_colour=(0.60, 0.56, 0.52),
        sky_horizon=haze,
        sky_zenith=(0.03, 0.03, 0.09) if night else base.sky_zenith,
        fog_colour=haze,
        fog_density=max(base.fog_density, 0.14 / reach),
        stars=0.3 if night else 0.0,
        clouds=0.0,
        ambient=(0.50, 0.46, 0.60) if night else base.ambient,
        sun_disc=0.0,
        sun_colour=(0.16, 0.16, 0.22) if night else base.sun_colour,
        wet=0.95,
        bloom=0.36,
        exposure=1.2,
        light_positions=np.broadcast_to(positions, (len(place.times), *positions.shape)).copy(),
        light_colours=np.array([colour for _, _, colour in nearest]) * 0.85,
    )
