"""Anti-aliasing where it matters: pixels on the border of two surfaces get four more rays."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from hanazora.world.rays.compiling import Kernel
from hanazora.world.rays.raycast import TILE, TileLists, cast

# rotated grid: four samples with four different x and y
SUBSAMPLES = ((-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375))
_GROUP = TILE * TILE // len(SUBSAMPLES)  # pixels whose samples fill one casting item
_CONTRAST = 0.03


class Subsamples(NamedTuple):
    """Four samples for each of p edge pixels, in order of frames and tiles."""

    frame: Int[Tensor, " p"]
    pixel: Int[Tensor, " p"]
    """Place of the pixel in its frame, in tile order."""
    hits: Int[Tensor, "p 4"]
    xs: Float[Tensor, "p 4"]
    ys: Float[Tensor, "p 4"]


def _differs(key: Tensor, r: Tensor, g: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Whether neighbours across and down are different surfaces of visibly different colour."""
    out = []
    for axis in (2, 1):
        count = key.shape[axis] - 1

        def step(x: Tensor, axis: int = axis, count: int = count) -> Tensor:
            return (x.narrow(axis, 1, count) - x.narrow(axis, 0, count)).abs()

        contrast = torch.maximum(torch.maximum(step(r), step(g)), step(b))
        out.append((step(key) > 0) & (contrast > _CONTRAST))
    return out[0], out[1]


_differs_kernel = Kernel(_differs)


def edge_pixels(
    key: Float[Tensor, "f h w"], rgb: tuple[Tensor, Tensor, Tensor]
) -> Bool[Tensor, "f h w"]:
    """Pixels on either side of a border; key is a number per surface."""
    flags = torch.zeros_like(key, dtype=torch.bool)
    across, down = _differs_kernel(key, *rgb)
    flags[:, :, :-1] = across
    flags[:, :, 1:] |= across
    flags[:, :-1] |= down
    flags[:, 1:] |= down
    return flags


def cast_subsamples(
    flags: Bool[Tensor, "f p"],
    lists: TileLists,
    table: Float[Tensor, "rows 18"],
    xs: Float[Tensor, " p"],
    ys: Float[Tensor, " p"],
) -> Subsamples | None:
    """First hits of four rays in every flagged pixel; flags, xs, ys in tile order."""
    where = flags.view(-1).nonzero().squeeze(1)
    if len(where) == 0:
        return None
    device, samples = flags.device, len(SUBSAMPLES)
    pixel, tile = where % flags.shape[1], where // (TILE * TILE)
    offsets = torch.tensor(SUBSAMPLES, device=device)
    x = xs[pixel].unsqueeze(1) + offsets[:, 0]
    y = ys[pixel].unsqueeze(1) + offsets[:, 1]
    per_tile = torch.bincount(tile, minlength=len(lists.counts))
    groups = (per_tile + _GROUP - 1) // _GROUP
    rank = torch.arange(len(tile), device=device) - (per_tile.cumsum(0) - per_tile)[tile]
    slot = ((groups.cumsum(0) - groups)[tile] + rank // _GROUP) * _GROUP + rank % _GROUP
    owners = torch.repeat_interleave(torch.arange(len(groups), device=device), groups)
    shape = (len(owners) * _GROUP, samples)
    item_x, item_y = torch.zeros(shape, device=device), torch.zeros(shape, device=device)
    item_x[slot], item_y[slot] = x, y
    hits = cast(lists, table, owners, item_x.view(-1, TILE * TILE), item_y.view(-1, TILE * TILE))
    return Subsamples(where // flags.shape[1], pixel, hits.view(shape)[slot], x, y)
