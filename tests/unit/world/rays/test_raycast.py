import numpy as np
import pytest
import torch

from hanazora.world.rays.packing import SHAPE_ROWS
from hanazora.world.rays.raycast import FAR, TileLists, cast, intersect, list_tiles


def inside(shape, p):
    """Whether points of the unit frame are in a solid, from its definition."""
    x, y, z = p.unbind(-1)
    box = p.abs().amax(-1) <= 1
    side = torch.sqrt(x * x + z * z)
    if shape == 1:
        return (p * p).sum(-1) <= 1
    if shape == 2:
        return (side <= 1) & (y.abs() <= 1)
    return (side <= (1 - y) / 2) & box if shape == 3 else box


@pytest.mark.parametrize("shape", range(4))
def test_entry_and_exit_match_marching_along_the_ray(shape):
    generator = torch.Generator().manual_seed(shape)
    origin = torch.nn.functional.normalize(torch.randn(400, 3, generator=generator), dim=1) * 4
    ray = torch.rand(400, 3, generator=generator) * 2 - 1 - origin
    ray = ray / ray.norm(dim=1, keepdim=True)
    qr, qy, hb, qc, ex, ey = (v.expand(400) for v in SHAPE_ROWS[shape])
    o, d = origin.unbind(1), ray.unbind(1)
    c = qr * (o[0] ** 2 + o[2] ** 2) + qy * o[1] ** 2 + 2 * hb * o[1] + qc
    near, leave, _ = intersect(o, d, qr, qy, hb, c, ex, ey)
    steps = torch.linspace(0, 8, 4001)
    marched = inside(shape, origin[:, None] + ray[:, None] * steps[:, None])
    hit = near < leave
    long = marched.sum(1) > 3  # a grazing ray may slip between the steps
    assert int(long.sum()) > 150
    assert bool(hit[long].all()) and not bool(
        (hit & (marched.sum(1) == 0) & (leave - near > 0.01)).any()
    )
    first = steps[marched.float().argmax(1)]
    last = 8 - steps[marched.flip(1).float().argmax(1)]
    torch.testing.assert_close(near[long], first[long], atol=0.005, rtol=0)
    torch.testing.assert_close(leave[long], last[long], atol=0.005, rtol=0)


def test_tiles_list_what_may_show():
    bounds = torch.tensor([[[0.0, 0.0, 5.0, 5.0], [6.0, 2.0, 20.0, 6.0], [0.0, 0.0, 99.0, 99.0]]])
    lists = list_tiles(bounds, torch.tensor([[True, True, False]]), 2, 3)
    assert lists.counts.tolist() == [2, 1, 1, 0, 0, 0]
    assert lists.rows.tolist() == [0, 1, 1, 1]
    assert lists.starts.tolist() == [0, 2, 3, 4, 4, 4]


def boxes(depths):
    """Table of big boxes facing rays along x, entered at the given depths."""
    rows = torch.zeros(len(depths), 18)
    rows[:, 2] = 1.0  # ray x
    rows[:, 9] = -torch.tensor(depths) - 1.0
    rows[:, 12:] = SHAPE_ROWS[0]
    return rows


@pytest.mark.parametrize("count", [1, 2, 5, 40, 130])
def test_nearest_wins_in_lists_of_any_length(count):
    depths = (np.random.default_rng(count).permutation(count) + 2.0).tolist()
    lists = TileLists(
        torch.arange(count), torch.zeros(3, dtype=torch.int64), torch.tensor([count, 0, count])
    )
    places = torch.zeros(3, 64)
    hits = cast(lists, boxes(depths), torch.arange(3), places, places)
    assert hits[0].unique().tolist() == [int(np.argmin(depths))]
    assert hits[1].unique().tolist() == [count]  # an empty tile sees nothing
    assert torch.equal(hits[0], hits[2])


def test_parallel_rays_return_the_distance():
    row = torch.zeros(1, 18)
    row[0, 0], row[0, 2] = 0.5, -8.0  # origin x = 0.5 * pixel - 8
    row[0, 5] = 5.0  # origin y = 5
    row[0, 10] = -1.0  # straight down
    row[0, 12:] = SHAPE_ROWS[0]
    lists = TileLists(
        torch.zeros(1, dtype=torch.int64),
        torch.zeros(1, dtype=torch.int64),
        torch.ones(1, dtype=torch.int64),
    )
    xs = torch.arange(64.0).unsqueeze(0) + 0.3
    distance = cast(
        lists, row, torch.zeros(1, dtype=torch.int64), xs, torch.zeros(1, 64), parallel=True
    )[0]
    over = (0.5 * xs[0] - 8).abs() < 1
    assert torch.equal(distance < FAR, over)
    torch.testing.assert_close(distance[over], torch.full((int(over.sum()),), 4.0))
