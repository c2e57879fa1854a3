import numpy as np
import torch

from hanazora.world.primitives import CameraPath, Environment, SceneBuilder
from hanazora.world.rays.camera import build_cameras, project
from hanazora.world.rays.culling import (
    corner_points,
    parallel_table,
    perspective_table,
    screen_bounds,
)
from hanazora.world.rays.packing import Frames, pack_solids

SHAPES = ("box", "ball", "cylinder", "cone")


def rotation(rng):
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return q * np.sign(np.linalg.det(q))


def packed(rng, count=24, spread=2.0):
    builder = SceneBuilder(np.zeros(1))
    for index in range(count):
        builder.add(
            SHAPES[index % 4], rng.uniform(-spread, spread, 3), rng.uniform(0.1, 1.2, 3), (1, 1, 1),
            builder.new_object("toy"), rotation=rotation(rng),
        )  # fmt: skip
    flat = np.zeros((1, 3), np.float32)
    path = CameraPath(eye=flat, target=flat, fov_degrees=np.full(1, 50, np.float32))
    return pack_solids([Frames(builder.build(Environment(), path), 0, 1)], torch.device("cpu"))


def surface_points(shape, rng, count=3000):
    p = rng.normal(size=(count, 3))
    if shape == 1:
        return p / np.linalg.norm(p, axis=1, keepdims=True)
    if shape == 0:
        return p / np.abs(p).max(1, keepdims=True)
    y, a = rng.uniform(-1, 1, count), rng.uniform(0, 6.3, count)
    r = np.ones(count) if shape == 2 else (1 - y) / 2
    return np.stack([r * np.cos(a), y, r * np.sin(a)], 1)


def test_bounds_hold_every_surface_point_and_fit_balls_exactly():
    rng = np.random.default_rng(0)
    solids = packed(rng)
    cameras = build_cameras(
        torch.tensor([[0.0, 1.0, 8.0]]), torch.zeros(1, 3), torch.tensor([60.0]), 96, 160
    )
    bounds = screen_bounds(solids, cameras, 96, 160)[0]
    for index in range(24):
        shape = index % 4
        local = torch.tensor(surface_points(shape, rng), dtype=torch.float32)
        world = solids.centres[0, index] + local @ solids.axes[0, index]
        x, y, _ = project(cameras, world[None], 96, 160)
        x0, y0, x1, y1 = bounds[index]
        assert float(x.min()) >= x0 - 0.01 and float(x.max()) <= x1 + 0.01
        assert float(y.min()) >= y0 - 0.01 and float(y.max()) <= y1 + 0.01
        if shape == 1:
            assert float(x1 - x0) <= float(x.max() - x.min()) * 1.05 + 0.5


def test_solids_behind_or_around_the_camera():
    rng = np.random.default_rng(1)
    solids = packed(rng, count=8, spread=0.1)
    near = build_cameras(
        torch.zeros(1, 3), torch.tensor([[0.0, 0.0, -1.0]]), torch.tensor([60.0]), 96, 160
    )
    away = build_cameras(
        torch.tensor([[0.0, 0.0, 9.0]]),
        torch.tensor([[0.0, 0.0, 20.0]]),
        torch.tensor([60.0]),
        96,
        160,
    )
    x0, _, x1, _ = screen_bounds(solids, near, 96, 160)[0].unbind(-1)
    assert bool((x0 < 0).all()) and bool((x1 > 160).all())
    x0, _, x1, _ = screen_bounds(solids, away, 96, 160)[0].unbind(-1)
    assert bool((x1 < x0).all() | ((x1 < 0) | (x0 > 160)).all())


def test_cone_corners_meet_in_the_tip():
    corners = corner_points(packed(np.random.default_rng(2), count=4))[0, 3]
    assert len(torch.unique((corners * 1e3).round(), dim=0)) == 5


def test_tables_map_rays_into_the_unit_frame():
    solids = packed(np.random.default_rng(3), count=2)
    cameras = build_cameras(
        torch.tensor([[0.0, 1.0, 8.0]]), torch.zeros(1, 3), torch.tensor([60.0]), 96, 160
    )
    table = perspective_table(solids, cameras)
    pixel = torch.tensor([50.0, 20.0, 1.0])
    world = cameras.eye[0] + 3.0 * (cameras.rays[0] @ pixel)
    local = table[1, 9:12] + 3.0 * (table[1, :9].view(3, 3) @ pixel)
    torch.testing.assert_close(
        local, solids.to_local[0, 1] @ (world - solids.centres[0, 1]), atol=1e-4, rtol=1e-4
    )
    start, down = torch.eye(3)[None] * 2, torch.tensor([[0.0, -1.0, 0.0]])
    table = parallel_table(solids, start, down)
    world = start[0] @ pixel + 3.0 * down[0]
    local = table[0, :9].view(3, 3) @ pixel + 3.0 * table[0, 9:12]
    torch.testing.assert_close(
        local, solids.to_local[0, 0] @ (world - solids.centres[0, 0]), atol=1e-3, rtol=1e-4
    )
