import numpy as np
import torch

from hanazora.world.primitives import CameraPath, Environment, SceneBuilder
from hanazora.world.rays.packing import Frames, pack_solids
from hanazora.world.rays.shadows import (
    SHADOW_SIDE,
    shadow_map,
    sun_share,
    tile_pixels,
    tiled,
    untile,
)


def block(sun, middle=(0.0, 0.0, 0.0)):
    builder = SceneBuilder(np.zeros(1))
    builder.add("box", (0, 2, 0), (1, 0.2, 1), (1, 1, 1), builder.new_object("roof"))
    flat = np.zeros((1, 3), np.float32)
    path = CameraPath(eye=flat, target=flat, fov_degrees=np.full(1, 50, np.float32))
    solids = pack_solids([Frames(builder.build(Environment(), path), 0, 1)], torch.device("cpu"))
    sun = torch.nn.functional.normalize(torch.tensor([sun]), dim=1)
    return shadow_map(solids, torch.tensor([middle]), sun, torch.tensor([8.0]), SHADOW_SIDE)


def share(shadow, points, normal=(0.0, 1.0, 0.0), strength=1.0):
    x, y, z = torch.tensor(points).t()
    n = tuple(torch.full_like(x, v) for v in normal)
    args = (shadow.distance[0], shadow.frame[0], torch.tensor(strength), None, SHADOW_SIDE)
    return sun_share((x, y, z), n, *args)


def test_shadow_falls_away_from_the_sun():
    high = share(block((0.0, 1.0, 0.0)), [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.2, 0.0]])
    torch.testing.assert_close(high, torch.tensor([0.0, 1.0, 1.0]))
    slanted = share(block((1.0, 1.0, 0.0)), [[0.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])
    torch.testing.assert_close(slanted, torch.tensor([1.0, 0.0]))
    half = share(block((0.0, 1.0, 0.0)), [[0.0, 0.0, 0.0]], strength=0.5)
    assert float(half) == 0.5


def test_lit_faces_have_no_acne_and_edges_are_soft():
    shadow = block((0.4, 0.5, 0.2))
    grid = torch.linspace(-0.85, 0.85, 40)
    top = [[float(x), 2.2, float(z)] for x in grid for z in grid]
    assert float(share(shadow, top).min()) > 0.95
    line = share(block((0.0, 1.0, 0.0)), [[float(x), 0.0, 0.0] for x in torch.linspace(0, 2, 400)])
    assert float((line[1:] - line[:-1]).abs().max()) < 0.1
    assert bool((line[1:] >= line[:-1] - 1e-5).all())


def test_edges_do_not_crawl_with_the_map():
    spots = [[float(x), 0.0, 0.3] for x in torch.linspace(0.8, 1.2, 50)]
    still, moved = block((0.3, 1.0, 0.1)), block((0.3, 1.0, 0.1), middle=(0.37, 0.0, -0.21))
    torch.testing.assert_close(share(still, spots), share(moved, spots), atol=0.02, rtol=0)


def test_points_outside_the_map_are_lit():
    assert float(share(block((0.0, 1.0, 0.0)), [[50.0, 0.0, 0.0]])) == 1.0


def test_tiles_and_pictures():
    xs, ys = tile_pixels(2, 3, 2, torch.device("cpu"))
    picture = untile(xs.view(2, -1), 2, 3)
    assert picture.shape == (2, 16, 24)
    torch.testing.assert_close(picture[1, 5], torch.arange(24) + 0.5)
    torch.testing.assert_close(untile(ys.view(2, -1), 2, 3)[0, :, 7], torch.arange(16) + 0.5)
    assert torch.equal(tiled(picture), xs.view(2, -1))
