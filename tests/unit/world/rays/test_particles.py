import numpy as np
import pytest
import torch

from hanazora.world.primitives import ParticleField
from hanazora.world.rays.camera import build_cameras
from hanazora.world.rays.particles import splat

HEIGHT, WIDTH = 48, 64


def camera():
    return build_cameras(
        torch.zeros(1, 3), torch.tensor([[0.0, 0.0, -1.0]]), torch.tensor([60.0]), HEIGHT, WIDTH
    )


def field(spots, sizes=0.1, **more):
    spots = np.asarray(spots, np.float32)[None]
    count = spots.shape[1]
    colours = np.tile(np.array([[1.0, 0.5, 0.0]], np.float32), (count, 1))
    sizes = np.broadcast_to(np.asarray(sizes, np.float32), (count,))
    return ParticleField(positions=spots, colours=colours, sizes=sizes, **more)


def draw(particles, depth=1000.0):
    rgb = torch.zeros(1, 3, HEIGHT, WIDTH)
    far = torch.full((1, HEIGHT, WIDTH), depth)
    return splat(rgb, far, particles, camera(), slice(0, 1))[0]


def test_a_disc_lands_where_it_is_with_its_colour_and_size():
    out = draw(field([[0.0, 0.0, -2.0]], 0.2))
    focal = 24 / np.tan(np.radians(30))
    weight = out[0]
    rows, columns = torch.where(weight > 0.5)
    assert float(rows.float().mean()) == pytest.approx(23.5, abs=0.3)
    assert float(columns.float().mean()) == pytest.approx(31.5, abs=0.3)
    assert len(rows) == pytest.approx(np.pi * (0.2 / 2 * focal) ** 2, rel=0.2)
    torch.testing.assert_close(out[1][weight > 0.5], weight[weight > 0.5] * 0.5, atol=0.01, rtol=0)


def test_depth_hides_and_outside_is_ignored():
    assert float(draw(field([[0.0, 0.0, -2.0]]), depth=1.0).max()) == 0
    assert float(draw(field([[0.0, 0.0, 2.0], [50.0, 0.0, -2.0]])).max()) == 0


def test_order_does_not_matter():
    spots = np.random.default_rng(0).uniform(-0.4, 0.4, (40, 3)) + [0, 0, -2]
    assert torch.equal(draw(field(spots)), draw(field(spots[::-1])))


def test_small_particles_fade_instead_of_flickering():
    totals = [float(draw(field([[x, 0.0, -20.0]], 0.05))[0].sum()) for x in (0.0, 0.1, 0.2, 0.3)]
    assert max(totals) < 3 and max(totals) / min(totals) < 1.6


def test_shapes_look_different():
    base = draw(field([[0.0, 0.0, -2.0]], 0.3))
    turned = draw(
        field([[0.0, 0.0, -2.0]], 0.3, shape="petal", flatness=np.full((1, 1), 0.4, np.float32))
    )
    ring = draw(field([[0.0, 0.0, -2.0]], 0.3, shape="ring"))
    streak = draw(field([[0.0, 0.0, -2.0]], 0.02, shape="streak", velocity=(0.0, -8.0, 0.0)))
    assert float(turned[0].sum()) < 0.7 * float(base[0].sum())
    assert float(ring[0, 24, 32]) < float(base[0, 24, 32]) - 0.3
    rows, columns = torch.where(streak[0] > 0.1)
    assert int(rows.max() - rows.min()) > 3 * int(columns.max() - columns.min() + 1)
