"""Sun shadows: one map of parallel rays per frame, fitted to what the camera looks at.

The map moves in whole texels, so that edges do not crawl, and is read with a bilinear 3x3 filter,
so that they are soft instead of blocky; the bias grows with the slope of the surface.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.world.rays.backdrop import of_samples
from hanazora.world.rays.compiling import Kernel
from hanazora.world.rays.culling import corner_points, parallel_table
from hanazora.world.rays.packing import Solids
from hanazora.world.rays.raycast import TILE, cast, list_tiles
from hanazora.world.rays.vectors import Vector

_unsafe_index = torch.ops.aten._unsafe_index.Tensor
SHADOW_SIDE = 256  # texels of a map each way
_BACK = 60.0  # metres from the middle of the map back towards the sun


class ShadowMap(NamedTuple):
    """Distance from the sun's side, for a square around the middle of each frame."""

    distance: Float[Tensor, "f texels"]
    frame: Float[Tensor, "f 16"]
    """right 3, down 3, ray 3, offsets of x, y and distance 3, texel size, side, sun strength, 0."""


def shadow_map(
    solids: Solids,
    middle: Float[Tensor, "f 3"],
    sun: Float[Tensor, "f 3"],
    radius: Float[Tensor, " f"],
    side: int,
) -> ShadowMap:
    """Cast side x side parallel rays from the sun around each frame's middle."""
    device = middle.device
    right = torch.linalg.cross(torch.tensor([0.03, 0.0, 1.0], device=device).expand_as(sun), sun)
    right = torch.nn.functional.normalize(right, dim=-1)
    down = torch.linalg.cross(right, sun, dim=-1)
    texel = 2 * radius / side
    place = torch.stack([(middle * right).sum(-1), (middle * down).sum(-1)], dim=-1)
    place = (place / texel.unsqueeze(-1)).floor() * texel.unsqueeze(-1)
    toward = (middle * sun).sum(-1)
    corner = (
        right * (place[:, :1] - radius.unsqueeze(-1))
        + down * (place[:, 1:] - radius.unsqueeze(-1))
        + sun * (toward + _BACK).unsqueeze(-1)
    )
    start = torch.stack([right * texel[:, None], down * texel[:, None], corner], dim=-1)
    points = corner_points(solids)
    x = torch.einsum("fnkc,fc->fnk", points, right) - (place[:, 0] - radius)[:, None, None]
    y = torch.einsum("fnkc,fc->fnk", points, down) - (place[:, 1] - radius)[:, None, None]
    x, y = x / texel[:, None, None], y / texel[:, None, None]
    bounds = torch.stack([x.amin(2), y.amin(2), x.amax(2), y.amax(2)], dim=-1)
    tiles = side // TILE
    lists = list_tiles(bounds, solids.visible, tiles, tiles)
    table = parallel_table(solids, start, -sun)
    xs, ys = tile_pixels(tiles, tiles, len(sun), device)
    which = torch.arange(len(sun) * tiles * tiles, device=device)
    distance = cast(lists, table, which, xs, ys, parallel=True)
    distance = untile(distance.view(len(sun), -1), tiles, tiles)
    offsets = torch.stack([radius - place[:, 0], radius - place[:, 1], toward + _BACK], dim=-1)
    numbers = torch.stack([texel, torch.full_like(texel, side)], dim=-1)
    frame = torch.cat([right, down, sun, offsets, numbers], dim=-1)
    return ShadowMap(distance.view(len(sun), -1), frame)


def tile_pixels(
    tiles_y: int, tiles_x: int, frames: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Pixel centres (x, y) of every tile of every frame, (frames * tiles, 64)."""
    inner = torch.arange(TILE, device=device, dtype=torch.float32) + 0.5
    across = torch.arange(tiles_x, device=device, dtype=torch.float32) * TILE
    down = torch.arange(tiles_y, device=device, dtype=torch.float32) * TILE
    shape = (frames, tiles_y, tiles_x, TILE, TILE)
    xs = (across.view(1, 1, -1, 1, 1) + inner).expand(shape).reshape(-1, TILE * TILE)
    ys = (down.view(1, -1, 1, 1, 1) + inner.view(-1, 1)).expand(shape).reshape(-1, TILE * TILE)
    return xs, ys


def untile(values: Tensor, tiles_y: int, tiles_x: int) -> Tensor:
    """(f, tiles * 64) in tile order to pictures (f, h, w)."""
    whole = values.view(len(values), tiles_y, tiles_x, TILE, TILE).transpose(2, 3)
    return whole.reshape(len(values), tiles_y * TILE, tiles_x * TILE)


def tiled(pictures: Tensor) -> Tensor:
    """Pictures (f, h, w) to tile order (f, tiles * 64)."""
    count, height, width = pictures.shape
    whole = pictures.view(count, height // TILE, TILE, width // TILE, TILE).transpose(2, 3)
    return whole.reshape(count, -1)


def _sun_share(
    point: Vector,
    normal: Vector,
    distance: Tensor,
    frame: Tensor,
    strength: Tensor,
    frames: Tensor | None,
    side: int,
) -> Tensor:
    """Share of sunlight that reaches each point, (p,).

    distance: texels of all frames in a row; frame: (columns,) or (columns, f), strength likewise.
    """
    (px, py, pz), (nx, ny, nz) = point, normal
    frame, strength = of_samples(frame, frames), of_samples(strength, frames)
    v = [frame[i] for i in range(13)]
    texel = v[12]
    slope = (nx * v[6] + ny * v[7] + nz * v[8]).clamp(0.0, 1.0)
    push = texel * (1.6 - slope)  # along the normal, more where light grazes
    x0, y0, z0 = px + nx * push, py + ny * push, pz + nz * push
    x = (x0 * v[0] + y0 * v[1] + z0 * v[2] + v[9]) / texel - 0.5
    y = (x0 * v[3] + y0 * v[4] + z0 * v[5] + v[10]) / texel - 0.5
    reach = v[11] - (x0 * v[6] + y0 * v[7] + z0 * v[8])
    reach = reach - texel * (0.6 + 0.8 * (1 - slope))
    inside = (x > 2) & (x < side - 3) & (y > 2) & (y < side - 3)
    x, y = x.clamp(2, side - 4), y.clamp(2, side - 4)
    i, j = torch.floor(x), torch.floor(y)
    fx, fy = x - i, y - j
    base = ((j - 1) * side + (i - 1)).to(torch.int64)
    base = base if frames is None else base + frames * (side * side)
    lit = torch.zeros_like(px)
    one = torch.ones_like(fx)
    for row, wy in enumerate((1 - fy, one, one, fy)):
        for col, wx in enumerate((1 - fx, one, one, fx)):
            open_ = torch.where(
                _unsafe_index(distance, [base + (row * side + col)]) < reach, 0.0, 1.0
            )
            lit = lit + open_ * (wx * wy)
    shade = lit * (1.0 / 9.0)
    # shadows end softly at the border of the map
    border = torch.minimum(torch.minimum(x, side - x), torch.minimum(y, side - y)) * (8.0 / side)
    shade = 1 - (1 - shade) * border.clamp(0, 1)
    return torch.where(inside, 1 - (1 - shade) * strength, 1.0)


sun_share = Kernel(_sun_share)
