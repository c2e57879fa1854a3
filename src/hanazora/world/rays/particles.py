"""Particles as sprites: every one adds its share to the pixels it touches, in any order.

Shares are summed as whole numbers, so the result does not depend on the order in which a device
happens to add them (floating-point scatter on CUDA does).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.world.primitives import ParticleField
from hanazora.world.rays.camera import Cameras, project

_FIXED = 1 << 16
_REACHES = (2, 4, 8, 16, 32)  # half width of a sprite's patch in pixels, per size class
_THINNEST = 0.6  # smaller discs are drawn this big and fainter


def splat(
    rgb: Float[Tensor, "f 3 h w"],
    depth: Float[Tensor, "f h w"],
    particles: ParticleField,
    cameras: Cameras,
    frames: slice,
) -> Float[Tensor, "f 3 h w"]:
    """Draw one field over pictures, hidden where something is nearer."""
    device = rgb.device
    count, _, height, width = rgb.shape

    def put(values: object) -> Tensor:
        return torch.as_tensor(values, dtype=torch.float32, device=device)

    place = put(particles.positions[frames])
    x, y, z = project(cameras, place, height, width)
    radius = put(particles.sizes) * cameras.focal_px.unsqueeze(-1) / z.clamp_min(0.05)
    if particles.shape == "streak":
        end = place + put(particles.velocity) * particles.streak_s
        x2, y2, _ = project(cameras, end, height, width)
        dx, dy = x2 - x, y2 - y
        length = torch.sqrt(dx * dx + dy * dy).clamp(1e-3, 60.0)
        angle, stretch = torch.atan2(dy, dx), 0.5 * length
        x, y = x + 0.5 * dx, y + 0.5 * dy
    else:
        angle = torch.zeros_like(x) if particles.angles is None else put(particles.angles[frames])
        stretch = radius
    flat = torch.ones_like(x) if particles.flatness is None else put(particles.flatness[frames])
    fade = (radius / _THINNEST).clamp(max=1) * particles.alpha
    fade = fade if particles.shape == "streak" else fade * (radius / _THINNEST).clamp(max=1)
    # a particle right before the lens would cover the picture
    fade = fade * ((z - 0.25) * 4.0).clamp(0, 1)
    radius = radius.clamp(_THINNEST, _REACHES[-1] - 1)
    size = torch.maximum(radius, stretch).clamp(max=_REACHES[-1] - 1)
    shown = (x > -size) & (x < width + size) & (y > -size) & (y < height + size) & (fade > 0.01)
    colour = put(particles.colours)
    sums = torch.zeros(count * height * width, 4, dtype=torch.int32, device=device)
    low = 0.0
    for reach in _REACHES:
        frame, which = (shown & (size > low) & (size <= reach - 1)).nonzero(as_tuple=True)
        low = reach - 1.0
        if len(frame) == 0:
            continue
        pick = [v[frame, which].unsqueeze(-1) for v in (x, y, z, radius, stretch, angle, flat, fade)]
        _add(sums, depth, pick, frame, colour[which], reach, particles.shape)
    weight = sums[:, 3].to(torch.float32) / _FIXED
    cover = (1 - torch.exp(-weight)).view(count, 1, height, width)
    mean = sums[:, :3].to(torch.float32) / _FIXED / weight.clamp_min(1e-4).unsqueeze(-1)
    mean = mean.view(count, height, width, 3).permute(0, 3, 1, 2)
    return rgb + (mean - rgb) * cover


def _add(
    sums: Tensor, depth: Tensor, pick: list[Tensor], frame: Tensor, colour: Tensor, reach: int,
    shape: str,
) -> None:  # fmt: skip
    """Add the patches of one size class to the integer sums (pixels, 4)."""
    x, y, z, radius, stretch, angle, flat, fade = pick
    _, height, width = depth.shape
    step = torch.arange(-reach, reach + 1, device=depth.device)
    grid_y, grid_x = (g.reshape(1, -1) for g in torch.meshgrid(step, step, indexing="ij"))
    column, row = x.floor().long() + grid_x, y.floor().long() + grid_y
    dx, dy = column + 0.5 - x, row + 0.5 - y
    cosine, sine = angle.cos(), angle.sin()
    along, aside = dx * cosine + dy * sine, dy * cosine - dx * sine
    if shape == "streak":
        over = (along.abs() - stretch).clamp_min(0)
        weight = (radius + 0.5 - torch.sqrt(over * over + aside * aside)).clamp(0, 1)
    else:
        # a petal is a disc with a point, seen at an angle
        aside = aside / flat.clamp_min(0.25)
        if shape == "petal":
            aside = aside * (1.0 + 0.35 * along / radius)
        distance = torch.sqrt(along * along + aside * aside)
        weight = (radius - distance + 0.5).clamp(0, 1)
        if shape == "ring":
            shine = (1 - ((along + 0.35 * radius) ** 2 + (aside + 0.35 * radius) ** 2).sqrt() / radius * 2.5)
            inner = (distance - radius + 1.4).clamp(0.18, 1)
            weight = weight * torch.maximum(inner, shine.clamp(0, 1))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    column, row = column.clamp(0, width - 1), row.clamp(0, height - 1)
    pixel = (frame.unsqueeze(-1) * height + row) * width + column
    seen = inside & (z < depth.reshape(-1)[pixel])
    weight = torch.where(seen, weight * fade, torch.zeros_like(weight)).clamp(max=0.98)
    density = -torch.log1p(-weight) * _FIXED
    share = torch.cat([density.unsqueeze(-1) * colour.unsqueeze(1), density.unsqueeze(-1)], dim=-1)
    used = density.view(-1) > 0
    sums.index_add_(0, pixel.view(-1)[used], share.view(-1, 4)[used].to(torch.int32))
