"""Ground and sky: what a ray sees when no solid is in its way."""

import torch
from torch import Tensor

from hanazora.world.primitives import GROUND_MODES
from hanazora.world.rays.noise import hash2, value_noise
from hanazora.world.rays.packing import ENV
from hanazora.world.rays.patterns import bars, exclusive
from hanazora.world.rays.vectors import Vector, choose, mix, normalized

_MODE = {name: float(index) for index, name in enumerate(GROUND_MODES)}


def column(env: Tensor, name: str) -> Tensor:
    """One environment value: a scalar, or one per sample."""
    return env[ENV[name]]


def vector(env: Tensor, name: str) -> Vector:
    """Three environment values."""
    at = ENV[name]
    return env[at], env[at + 1], env[at + 2]


def of_samples(values: Tensor, frames: Tensor | None) -> Tensor:
    """Per-frame values for samples: (columns,) as it is, or (columns, f) looked up per sample.

    On a CPU every frame is shaded by its own call, so that its values are plain scalars; a GPU
    shades a whole batch at once and looks them up.
    """
    return values if frames is None else values[..., frames]


def ground_noise_places(
    env: Tensor, x: Tensor, z: Tensor
) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Where the ground wants noise: soft patches and fine grain."""
    scale = column(env, "ground_scale")
    return (x * scale, z * scale), (x * (scale * 4.3) + 9.0, z * (scale * 4.3))


def ground_colour(
    env: Tensor, x: Tensor, z: Tensor, width: Tensor, noises: tuple[Tensor, Tensor]
) -> Vector:
    """Colour of the ground at (x, z), averaged over a pixel's `width` in metres."""
    scale, mode = column(env, "ground_scale"), column(env, "mode")
    gx, gz = x * scale, z * scale
    fine = (1.5 - width * scale).clamp(0, 1)
    soft = noises[0]
    grain = 0.5 + (noises[1] - 0.5) * (1 - width * scale * 4).clamp(0, 1)
    cell = (width * scale).clamp_min(1e-3)
    check = exclusive(bars(gx * 0.5, 0.5, cell * 0.5), bars(gz * 0.5, 0.5, cell * 0.5))
    ripple = 0.5 + 0.5 * torch.sin(gz * 5.0 + 4.0 * soft + gx * 0.7) * fine
    blend = 0.5 + (0.7 * soft + 0.3 * grain - 0.5) * fine
    weight = torch.where(mode == _MODE["checker"], check, blend)
    weight = torch.where(mode == _MODE["sand"], 0.45 * ripple + 0.55 * blend, weight)
    weight = torch.where(mode == _MODE["grass"], 0.35 * soft + 0.65 * grain, weight)
    weight = torch.where(mode == _MODE["snow"], soft * fine, weight)
    colour = mix(vector(env, "ground"), vector(env, "ground2"), weight)
    road = _road(env, colour, (x, z), width)
    return choose(mode == _MODE["road"], road, colour)


def _road(env: Tensor, asphalt: Vector, place: tuple[Tensor, Tensor], width: Tensor) -> Vector:
    along_x = column(env, "road_x") > 0
    aside = torch.where(along_x, place[1], place[0]) - column(env, "road_centre")
    along = torch.where(along_x, place[0], place[1])
    width = width.clamp_min(1e-3)
    half = column(env, "road_half")

    def band(middle: Tensor | float, reach: float) -> Tensor:
        # coverage of a band by a pixel: a thin line far away fades instead of flickering
        low, high = aside.abs() - middle - width * 0.5, aside.abs() - middle + width * 0.5
        return (high.clamp(max=reach) - low.clamp(min=-reach)).clamp_min(0) / width

    line = band(0.0, 0.07) * bars(along * 0.25, 0.5, width * 0.25)
    on_road = ((half - aside.abs()) / width + 0.5).clamp(0, 1)
    kerb = band(half + 0.12, 0.12)
    slabs = bars(along, 0.96, width) * bars(aside, 0.96, width)
    verge = vector(env, "verge")
    pavement = tuple(v * (0.90 + 0.10 * slabs) for v in verge)
    colour = mix(pavement, asphalt, on_road)  # type: ignore[arg-type]
    kerbstone = (verge[0] * 0.8 + 0.16, verge[1] * 0.8 + 0.16, verge[2] * 0.8 + 0.16)
    return mix(mix(colour, kerbstone, kerb), vector(env, "line"), line * 0.9)


def sky_colour(env: Tensor, direction: Vector) -> Vector:
    """Colour of the sky in a unit direction: gradient, clouds, stars, sun, haze at the horizon."""
    x, y, z = direction
    up = y.clamp(0, 1)
    colour = mix(vector(env, "horizon"), vector(env, "zenith"), torch.sqrt(up))
    stretch = 1.0 / (up + 0.15)
    drift = column(env, "time") * 0.03
    u, v = x * stretch * 2.2 + drift, z * stretch * 2.2
    puff = value_noise(u, v) * 0.6 + value_noise(u * 2.3 + 5.0, v * 2.3) * 0.4
    amount = column(env, "clouds")
    cover = ((puff - 0.95 + 0.75 * amount) * 3.0).clamp(0, 1) * (up * 6.0).clamp(0, 1)
    cover = torch.where(amount > 0, cover, 0.0)
    lit = tuple(
        0.55 * s + 0.45 * h for s, h in zip(_bright(env), vector(env, "horizon"), strict=True)
    )
    colour = mix(colour, lit, cover * 0.8)  # type: ignore[arg-type]
    glow = _sun_glow(env, direction) * (1 - 0.7 * cover)
    twinkle = _stars(env, direction) * (1 - cover)
    sun = vector(env, "sun_colour")
    colour = tuple(c + s * glow + twinkle for c, s in zip(colour, sun, strict=True))  # type: ignore[assignment]
    haze = (1 - torch.exp(-column(env, "fog_density") * 100)) * torch.exp(-up * 9.0)
    return mix(colour, vector(env, "fog"), haze)


def _bright(env: Tensor) -> Vector:
    sun, ambient = vector(env, "sun_colour"), vector(env, "ambient")
    return tuple((s + a).clamp(0, 1) for s, a in zip(sun, ambient, strict=True))  # type: ignore[return-value]


def _sun_glow(env: Tensor, direction: Vector) -> Tensor:
    sun = vector(env, "sun")
    toward = direction[0] * sun[0] + direction[1] * sun[1] + direction[2] * sun[2]
    disc = ((toward - 0.9986) * 1600).clamp(0, 1)
    near = toward.clamp_min(0) ** 2
    near = near * near * near * near
    return (disc * 0.9 + near * near * near * near * 0.22 + near * 0.10) * column(env, "sun_disc")


def _stars(env: Tensor, direction: Vector) -> Tensor:
    x, y, z = normalized(direction)
    u, v = x / (y.abs() + 0.35) * 28.0, z / (y.abs() + 0.35) * 28.0
    i, j = torch.floor(u), torch.floor(v)
    pick = hash2(i, j)
    du, dv = u - i - 0.5 - (pick * 7.0).frac() * 0.4 + 0.2, v - j - 0.5
    spot = (1 - (du * du + dv * dv) * 40.0).clamp(0, 1)
    shown = ((pick - 0.82) * 6.0).clamp(0, 1) * (y * 5.0).clamp(0, 1)
    return spot * shown * column(env, "stars")
