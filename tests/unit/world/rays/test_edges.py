import torch

from hanazora.world.rays.edges import SUBSAMPLES, cast_subsamples, edge_pixels
from hanazora.world.rays.packing import SHAPE_ROWS
from hanazora.world.rays.raycast import TileLists
from hanazora.world.rays.shadows import tile_pixels


def test_both_sides_of_a_visible_border_are_flagged():
    key = torch.zeros(1, 8, 16)
    key[:, :, 8:] = 5
    grey = torch.zeros(1, 8, 16)
    grey[:, :, 8:] = 0.5
    flags = edge_pixels(key, (grey, grey, grey))
    assert flags[0].any(0).nonzero().flatten().tolist() == [7, 8]
    same = torch.zeros_like(grey)
    assert not bool(edge_pixels(key, (same, same, same)).any())  # a border nobody can see
    assert not bool(edge_pixels(torch.zeros_like(key), (grey, grey, grey)).any())  # a pattern


def test_subsamples_hit_what_is_at_their_place():
    # one box that fills x < 8.6 pixels of two tiles, seen along z
    row = torch.zeros(1, 18)
    row[0, 8], row[0, 11] = 1.0, -5.0  # ray z = 1, from z = -5
    row[0, 0], row[0, 2], row[0, 9] = 0.2, -1.72, 1.0 - 0.0  # local x grows with the pixel
    row[0, 12:] = SHAPE_ROWS[0]
    lists = TileLists(
        torch.zeros(2, dtype=torch.int64), torch.tensor([0, 1]), torch.ones(2, dtype=torch.int64)
    )
    xs, ys = tile_pixels(1, 2, 1, torch.device("cpu"))
    flags = torch.zeros(1, 128, dtype=torch.bool)
    flags[0, :20] = True
    flags[0, 70] = True
    fine = cast_subsamples(flags, lists, row, xs.flatten(), ys.flatten())
    assert fine.pixel.tolist() == [*range(20), 70]
    offsets = torch.tensor(SUBSAMPLES)
    torch.testing.assert_close(fine.xs, xs.flatten()[fine.pixel].unsqueeze(1) + offsets[:, 0])
    torch.testing.assert_close(fine.ys, ys.flatten()[fine.pixel].unsqueeze(1) + offsets[:, 1])
    depth = 4.0
    inside = (1.0 + depth * (0.2 * fine.xs - 1.72)).abs() < 1
    far_side = (1.0 + (depth + 2) * (0.2 * fine.xs - 1.72)).abs() < 1
    sure = inside & far_side
    assert bool((fine.hits[sure] == 0).all())
    assert bool((fine.hits[(0.2 * fine.xs - 1.72) > 0.01] == 1).all())


def test_nothing_flagged_means_nothing_cast():
    lists = TileLists(
        torch.zeros(0, dtype=torch.int64),
        torch.zeros(1, dtype=torch.int64),
        torch.zeros(1, dtype=torch.int64),
    )
    flags = torch.zeros(1, 64, dtype=torch.bool)
    assert (
        cast_subsamples(flags, lists, torch.zeros(0, 18), torch.zeros(64), torch.zeros(64)) is None
    )
