"""First hit of every ray: tiles of 64 rays against the solids that may show in them.

Every solid is three slabs and one quadric in its own frame, so there is one branch-free
intersection (specs/world-and-evaluation.md section 4.1). Tiles are sorted into buckets by how many
solids they may see; a bucket is one call of one kernel, and empty sky costs nothing.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from hanazora.world.rays.compiling import Kernel
from hanazora.world.rays.vectors import Vector

TILE = 8
FAR = 1000.0
NEAR = 0.02
_NONE = 2**31 - 1
_SLOT_BITS = 9
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_BUCKETS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_MAX_PAIRS = 1 << 17


class TileLists(NamedTuple):
    """For each tile of a batch of pictures the solids that may show in it."""

    rows: Int[Tensor, " pairs"]
    """Table rows, tile after tile."""
    starts: Int[Tensor, " tiles"]
    counts: Int[Tensor, " tiles"]


def intersect(
    origin: Vector,
    ray: Vector,
    qr: Tensor,
    qy: Tensor,
    hb: Tensor,
    c: Tensor,
    ex: Tensor,
    ey: Tensor,
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Entry and exit of rays in the unit frame, and the entry of x, y, z slab and quadric."""
    entries, leave = [], None
    for o, d, reach in zip(origin, ray, (ex, ey, ex), strict=True):
        inverse = 1.0 / torch.where(d.abs() < 1e-9, 1e-9, d)
        middle, half = -o * inverse, reach * inverse.abs()
        entries.append(middle - half)
        leave = middle + half if leave is None else torch.minimum(leave, middle + half)
    assert leave is not None
    a = qr * (ray[0] * ray[0] + ray[2] * ray[2]) + qy * ray[1] * ray[1]
    b = qr * (origin[0] * ray[0] + origin[2] * ray[2]) + (qy * origin[1] + hb) * ray[1]
    a = torch.where(a.abs() < 1e-12, 1e-12, a)
    discriminant = b * b - a * c
    missed = discriminant < 0
    root = torch.sqrt(discriminant.clamp_min(0))
    inverse = 1.0 / a
    first, second = (-b - root) * inverse, (-b + root) * inverse
    # a cone seen along its side: a < 0, and inside is one half line of the lower nappe
    steep, down = a < 0, ray[1] < 0
    never, always = torch.where(steep, -1e9, 1e9), torch.where(steep, 1e9, -1e9)
    enter = torch.where(steep, torch.where(down, first, -1e9), first)
    exit_ = torch.where(steep, torch.where(down, 1e9, second), second)
    enter, exit_ = torch.where(missed, never, enter), torch.where(missed, always, exit_)
    near = torch.maximum(torch.maximum(entries[0], entries[1]), torch.maximum(entries[2], enter))
    return near, torch.minimum(leave, exit_), (entries[0], entries[1], entries[2], enter)


def _cast_tiles(rows: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
    """Nearest solid of each ray as one int: depth bits with the list slot in the low bits.

    rows: (n, k, 18) per tile and solid; xs, ys: (n, 64) pixel positions.
    """
    q = [rows[:, :, i].unsqueeze(-1) for i in range(18)]
    x, y = xs.unsqueeze(1), ys.unsqueeze(1)
    ray = tuple(q[3 * i] * x + q[3 * i + 1] * y + q[3 * i + 2] for i in range(3))
    near, leave, _ = intersect((q[9], q[10], q[11]), ray, q[12], q[13], q[14], q[15], q[16], q[17])  # type: ignore[arg-type]
    slots = torch.arange(rows.shape[1], device=rows.device, dtype=torch.int32).view(1, -1, 1)
    # positive floats sort like their bits, so one integer minimum finds depth and solid together
    bits = near.contiguous().view(torch.int32)
    key = (bits & ~_SLOT_MASK) | slots
    return torch.where((near < leave) & (near > NEAR), key, _NONE).amin(dim=1)


def _cast_parallel(rows: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
    """Nearest distance of parallel rays: the origin moves with the pixel, not the direction."""
    q = [rows[:, :, i].unsqueeze(-1) for i in range(18)]
    x, y = xs.unsqueeze(1), ys.unsqueeze(1)
    o = [q[3 * i] * x + q[3 * i + 1] * y + q[3 * i + 2] for i in range(3)]
    c = q[12] * (o[0] * o[0] + o[2] * o[2]) + q[13] * o[1] * o[1] + 2 * q[14] * o[1] + q[15]
    ray = (q[9], q[10], q[11])
    near, leave, _ = intersect((o[0], o[1], o[2]), ray, q[12], q[13], q[14], c, q[16], q[17])
    return torch.where(near < leave, near, FAR).amin(dim=1)


cast_tiles = Kernel(_cast_tiles, inline=True)
cast_parallel = Kernel(_cast_parallel, inline=True)


def list_tiles(
    bounds: Float[Tensor, "f n 4"], visible: Bool[Tensor, "f n"], tiles_y: int, tiles_x: int
) -> TileLists:
    """Which solids may show in which tile, from their bounds (x0, y0, x1, y1) in pixels."""
    frames, count = visible.shape
    edges_x = torch.arange(tiles_x, device=bounds.device).view(1, -1, 1) * TILE
    edges_y = torch.arange(tiles_y, device=bounds.device).view(1, -1, 1) * TILE
    x0, y0, x1, y1 = bounds.unsqueeze(1).unbind(-1)
    in_x = (x1 > edges_x) & (x0 < edges_x + TILE) & visible.unsqueeze(1)
    in_y = (y1 > edges_y) & (y0 < edges_y + TILE)
    seen = (in_y.unsqueeze(2) & in_x.unsqueeze(1)).view(frames, -1, count)
    frame, tile, solid = seen.nonzero(as_tuple=True)
    counts = torch.bincount(
        frame * (tiles_y * tiles_x) + tile, minlength=frames * tiles_y * tiles_x
    )
    starts = counts.cumsum(0) - counts
    return TileLists(frame * count + solid, starts, counts.clamp(max=_BUCKETS[-1]))


def cast(
    lists: TileLists,
    table: Float[Tensor, "rows 18"],
    tiles: Int[Tensor, " items"],
    xs: Float[Tensor, "items 64"],
    ys: Float[Tensor, "items 64"],
    *,
    parallel: bool = False,
) -> Tensor:
    """First hit of 64 rays per item, each item a tile's list.

    Returns:
        Table row of the nearest solid (rows = none) as int32, or its distance when parallel.
    """
    none = table.shape[0]
    fill = FAR if parallel else none
    out = torch.full_like(xs, fill, dtype=torch.float32 if parallel else torch.int32)
    counts = lists.counts[tiles]
    limits = torch.tensor((0, *_BUCKETS), device=tiles.device)
    bucket = torch.bucketize(counts, limits)  # 0: empty
    sizes = torch.bincount(bucket, minlength=len(_BUCKETS) + 1).tolist()
    order = torch.argsort(bucket, stable=True)
    at = sizes[0]
    for index, length in enumerate(sizes[1:]):
        k = _BUCKETS[index]
        step = max(2, _MAX_PAIRS // k)
        for begin in range(at, at + length, step):
            chosen = order[begin : min(begin + step, at + length)]
            _cast_bucket(out, lists, table, (tiles, chosen), (xs, ys), k, parallel)
        at += length
    return out


def _cast_bucket(  # noqa: PLR0913, PLR0917
    out: Tensor,
    lists: TileLists,
    table: Tensor,
    items: tuple[Tensor, Tensor],
    places: tuple[Tensor, Tensor],
    k: int,
    parallel: bool,
) -> None:
    tiles, chosen = items
    tile = tiles[chosen]
    slots = torch.arange(k, device=tile.device).unsqueeze(0)
    slots = torch.minimum(slots, lists.counts[tile].unsqueeze(1) - 1)
    rows = lists.rows[lists.starts[tile].unsqueeze(1) + slots]  # (n, k)
    x, y = places[0][chosen], places[1][chosen]
    if len(chosen) == 1:  # a size of 1 would make the compiler specialise
        rows, x, y = rows.expand(2, -1), x.expand(2, -1), y.expand(2, -1)
    constants = table.index_select(0, rows.reshape(-1)).view(*rows.shape, -1)
    kernel = cast_parallel if parallel else cast_tiles
    result = kernel(constants, x.contiguous(), y.contiguous())[: len(chosen)]
    if not parallel:
        slot = (result & _SLOT_MASK).clamp(max=k - 1).to(torch.int64)
        found = rows[: len(chosen)].gather(1, slot).to(torch.int32)
        result = torch.where(result == _NONE, torch.full_like(found, table.shape[0]), found)
    out[chosen] = result
