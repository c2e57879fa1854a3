"""Particles as sprites: every one adds its share to the pixels it touches, in any order.

Shares are summed as whole numbers, so the result does not depend on the order in which a device
happens to add them (floating-point scatter on CUDA does).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.world.primitives import ParticleField
from hanazora.world.rays.camera import Cameras, project
from hanazora.world.rays.compiling import Kernel

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
    device, depth = rgb.device, depth.contiguous()
    count, _, height, width = rgb.shape

    def put(values: object) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=device)

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
    sums = torch.zeros(4, count * height * width, dtype=torch.int32, device=device)
    low = 0.0
    for reach in _REACHES:
        frame, which = (shown & (size > low) & (size <= reach - 1)).nonzero(as_tuple=True)
        low = reach - 1.0
        if len(frame) == 0:
            continue
        if len(frame) == 1:  # a size of 1 would make the compiler specialise
            frame, which = frame.expand(2), which.expand(2)
            fade = fade * 0.5
        pick = torch.stack((x, y, z, radius, stretch, angle, flat, fade))[:, frame, which]
        _add(sums, depth, pick, frame, colour[which], reach, particles.shape)
    weight = sums[3].to(torch.float32) / _FIXED
    cover = (1 - torch.exp(-weight)).view(count, 1, height, width)
    mean = sums[:3].to(torch.float32) / (_FIXED * weight.clamp_min(1e-4))
    mean = mean.view(3, count, height, width).transpose(0, 1)
    return rgb + (mean - rgb) * cover


def _add(
    sums: Tensor, depth: Tensor, pick: Tensor, frame: Tensor, colour: Tensor, reach: int, shape: str
) -> None:
    """Add the patches of one size class to the integer sums (4, pixels)."""
    _, height, width = depth.shape
    step = torch.arange(-reach, reach + 1, device=depth.device, dtype=torch.float32)
    grid_y, grid_x = torch.meshgrid(step, step, indexing="ij")
    density, pixel = sprite(
        pick, frame, grid_x.flatten(), grid_y.flatten(), depth.view(-1), height, width, shape
    )
    used = density.view(-1).nonzero().squeeze(1)
    share, pixel = density.view(-1)[used], pixel.view(-1)[used]
    owner = used // density.shape[1]
    for channel in range(3):
        part = (share * colour[owner, channel]).to(torch.int32)
        sums[channel].index_add_(0, pixel, part)
    sums[3].index_add_(0, pixel, share.to(torch.int32))


def _sprite(
    pick: Tensor, frame: Tensor, grid_x: Tensor, grid_y: Tensor, depth: Tensor, height: int,
    width: int, shape: str,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Density in fixed-point units and pixel index of every cell of every patch, (n, cells)."""
    x, y, z, radius, stretch, angle, flat, fade = (pick[i].unsqueeze(1) for i in range(8))
    column, row = torch.floor(x) + grid_x, torch.floor(y) + grid_y
    dx, dy = column + 0.5 - x, row + 0.5 - y
    cosine, sine = torch.cos(angle), torch.sin(angle)
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
            near_x, near_y = along + 0.35 * radius, aside + 0.35 * radius
            shine = 1 - torch.sqrt(near_x * near_x + near_y * near_y) / radius * 2.5
            inner = (distance - radius + 1.4).clamp(0.18, 1)
            weight = weight * torch.maximum(inner, shine.clamp(0, 1))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    column, row = column.clamp(0, width - 1), row.clamp(0, height - 1)
    pixel = frame.unsqueeze(1) * (height * width) + (row * width + column).to(torch.int64)
    seen = inside & (z < torch.ops.aten._unsafe_index.Tensor(depth, [pixel]))
    weight = torch.where(seen, weight * fade, 0.0).clamp(max=0.98)
    return torch.floor(-torch.log1p(-weight) * _FIXED), pixel


sprite = Kernel(_sprite)
