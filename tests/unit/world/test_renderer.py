import dataclasses

import numpy as np
import pytest
import torch

from hanazora.world.primitives import CameraPath, Environment, ParticleField, SceneBuilder
from hanazora.world.renderer import render


def camera(num_frames, eye=(0, 1, 6), target=(0, 1, 0), fov=45):
    def spread(value):
        return np.broadcast_to(np.asarray(value, np.float32), (num_frames, 3)).copy()

    fovs = np.full(num_frames, fov, np.float32)
    return CameraPath(eye=spread(eye), target=spread(target), fov_degrees=fovs)


def scene(num_frames=2, environment=None, particles=(), ball_colour=(0.9, 0.1, 0.1)):
    """A ball before a wall, the ball moving right."""
    t = np.arange(num_frames) / 8
    builder = SceneBuilder(t)
    wall, ball = builder.new_object("wall"), builder.new_object("ball")
    builder.add("box", (0, 1, -3), (4, 1, 0.1), (0.2, 0.4, 0.8), wall)
    way = np.stack([-0.5 + 2 * t, 1 + 0 * t, 0 * t], -1)
    builder.add("ball", way, 0.5, ball_colour, ball)
    return builder.build(environment or Environment(), camera(num_frames), particles)


def test_shapes_types_and_ids():
    clip = render([scene()], 40, 64)[0]
    assert clip.frames.shape == (2, 40, 64, 3) and clip.frames.dtype == torch.uint8
    assert clip.object_ids.shape == clip.depth.shape == (2, 40, 64)
    assert clip.object_ids.unique().tolist() == [-1, 0, 1]


def test_ball_is_where_geometry_says():
    clip = render([scene()], 48, 64)[0]
    focal = 24 / np.tan(np.radians(22.5))
    for frame, x in ((0, -0.5), (1, -0.25)):
        rows, columns = torch.where(clip.object_ids[frame] == 1)
        assert float(columns.float().mean() + 0.5) == pytest.approx(32 + x / 6 * focal, abs=0.4)
        assert float(rows.float().mean() + 0.5) == pytest.approx(24, abs=0.4)
        # a sphere of radius 0.5 seen from 6 m covers a disc of tan(asin(0.5 / 6)) * focal
        radius = focal * np.tan(np.arcsin(0.5 / 6))
        assert len(rows) == pytest.approx(np.pi * radius**2, rel=0.12)
    assert float(clip.depth[0][clip.object_ids[0] == 1].min()) == pytest.approx(5.5, abs=0.01)
    assert float(clip.depth[0][clip.object_ids[0] == 0].min()) == pytest.approx(8.9, abs=0.01)


def test_solids_below_the_ground_are_not_seen():
    builder = SceneBuilder(np.zeros(1))
    builder.add("ball", (0, -0.6, 0), 0.5, (1, 0, 0), builder.new_object("ball"))
    clip = render([builder.build(Environment(), camera(1))], 48, 64)[0]
    assert clip.object_ids.unique().tolist() == [-1]


def test_hidden_solids_are_hidden():
    builder = SceneBuilder(np.zeros(2))
    ball = builder.new_object("ball")
    builder.add("ball", (0, 1, 0), 0.5, (1, 0, 0), ball, visible=np.array([True, False]))
    ids = render([builder.build(Environment(), camera(2))], 32, 32)[0].object_ids
    assert bool((ids[0] == 0).any()) and not bool((ids[1] == 0).any())


def test_batches_and_clips_do_not_change_the_picture():
    scenes = [scene(3), scene(5, Environment(wet=0.8, ground="road"))]
    whole = render(scenes, 32, 48, batch_frames=8)
    parts = [render([s], 32, 48, batch_frames=2)[0] for s in scenes]
    for a, b in zip(whole, parts, strict=True):
        assert a.frames.shape == b.frames.shape
        assert int((a.frames.int() - b.frames.int()).abs().max()) <= 1
        assert torch.equal(a.object_ids, b.object_ids)


def test_antialias_changes_edges_only():
    rough = render([scene(1)], 64, 96, antialias=False)[0]
    fine = render([scene(1)], 64, 96)[0]
    changed = (rough.frames.int() - fine.frames.int()).abs().amax(-1)[0] > 2
    ids = fine.object_ids[0]
    edge = torch.zeros_like(changed)
    edge[1:] |= ids[1:] != ids[:-1]
    edge[:-1] |= ids[1:] != ids[:-1]
    edge[:, 1:] |= ids[:, 1:] != ids[:, :-1]
    edge[:, :-1] |= ids[:, 1:] != ids[:, :-1]
    horizon = (fine.depth[0] > 100) | torch.roll(fine.depth[0] > 100, 1, 0)
    assert 20 < int(changed.sum()) < 1500
    assert not bool((changed & ~edge & ~horizon & (ids < 0)).sum() > 40)
    # the rim of the ball holds shades between ball and wall
    rim = fine.frames[0][edge & (ids == 1)].float()
    assert float(rim[:, 2].std()) > float(rough.frames[0][edge & (ids == 1)].float()[:, 2].std())


def test_shadow_darkens_the_ground():
    look = Environment(
        sun_direction=(0.0, 1.0, 0.0), ground_colour=(0.5, 0.5, 0.5), ground_scale=0.01
    )
    lit = render([scene(1, dataclasses.replace(look, shadow=0.0))], 48, 64)[0].frames.float()
    dark = render([scene(1, look)], 48, 64)[0].frames.float()
    ids = render([scene(1, look)], 48, 64)[0].object_ids
    drop = (lit - dark).mean(-1)
    assert float(drop[ids == -1].max()) > 40
    assert float(drop.min()) >= -1


@pytest.mark.parametrize(
    "look",
    [
        {"toon": 3.0, "ink": 0.8}, {"paper": 1.0}, {"wet": 0.9, "ground": "road"},
        {"bloom": 0.5}, {"clouds": 0.8, "stars": 1.0}, {"caustics": 1.0, "ground": "sand"},
        {"ground": "checker"}, {"ground": "grass"}, {"ground": "snow"},
        {"ground": "road", "road_along_x": True},
    ],
)  # fmt: skip
def test_every_look_changes_the_picture_and_stays_finite(look):
    plain = render([scene(1)], 48, 64)[0].frames
    other = render([scene(1, Environment(**look))], 48, 64)[0].frames
    if "bloom" not in look:  # nothing emits here
        assert float((plain.float() - other.float()).abs().mean()) > 0.15
    assert float(other.float().std()) > 5


def test_particles_draw_and_hide_behind_solids():
    def field(z):
        spots = np.tile(np.array([[0.0, 1.0, z]], np.float32), (1, 1, 1))
        white = np.ones((1, 3), np.float32)
        return ParticleField(positions=spots, colours=white, sizes=np.array([0.2], np.float32))

    bare = render([scene(1)], 48, 64)[0].frames.int()
    before = render([scene(1, particles=(field(1.0),))], 48, 64)[0].frames.int()
    behind = render([scene(1, particles=(field(-5.0),))], 48, 64)[0].frames.int()
    assert int((before - bare).abs().max()) > 50
    assert torch.equal(behind, bare)


def test_sizes_that_are_no_multiple_of_a_tile():
    clip = render([scene(1)], 37, 51)[0]
    assert clip.frames.shape == (1, 37, 51, 3)


def test_too_small_a_picture_is_refused():
    with pytest.raises(ValueError, match="at least 8"):
        render([scene(1)], 4, 64)


@pytest.mark.gpu
def test_gpu_draws_the_same():
    look = Environment(wet=0.8, ground="road", caustics=0.5)
    cpu = render([scene(4, look)], 64, 96, compiled=False)[0]
    gpu = render([scene(4, look)], 64, 96, device="cuda")[0]
    assert float((cpu.frames.float() - gpu.frames.cpu().float()).abs().mean()) < 0.5
    assert float((cpu.object_ids != gpu.object_ids.cpu()).float().mean()) < 0.002


COMPILED = """
import numpy as np
from hanazora.world.primitives import CameraPath, Environment, ParticleField, SceneBuilder
from hanazora.world.renderer import render
from hanazora.world.rays import raycast, shading
builder = SceneBuilder(np.arange(3) / 8)
rng = np.random.default_rng(0)
for i in range(40):
    shape = ("box", "ball", "cylinder", "cone")[i % 4]
    builder.add(shape, rng.uniform(-2, 2, 3) + (0, 2, 0), 0.4, rng.uniform(0, 1, 3),
                builder.new_object("toy"), facet=i % 3 == 0, pattern="check", emission=0.3)
lamps = np.ones((3, 1, 3), np.float32)
look = Environment(wet=0.8, ground="road", caustics=0.5, light_positions=lamps,
                   light_colours=np.ones((1, 3), np.float32))
eye = np.tile(np.array([0, 2, 6], np.float32), (3, 1))
path = CameraPath(eye=eye, target=eye - (0, 0, 6), fov_degrees=np.full(3, 50, np.float32))
snow = ParticleField(positions=rng.uniform(-2, 3, (3, 50, 3)).astype(np.float32),
                     colours=np.ones((50, 3), np.float32), sizes=np.full(50, 0.05, np.float32))
scene = builder.build(look, path, (snow,))
eager = render([scene], 64, 96, compiled=False)[0]
compiled = render([scene], 64, 96, compiled=True)[0]
assert raycast.cast_tiles._compiled is not None and not raycast.cast_tiles._broken
assert not shading.surface._broken and not shading.light._broken
difference = (eager.frames.float() - compiled.frames.float()).abs().mean()
assert difference < 0.2, difference
assert (eager.object_ids != compiled.object_ids).float().mean() < 0.002
print("same")
"""


@pytest.mark.compile
@pytest.mark.timeout(500)
def test_compiled_draws_the_same(run_python):
    result = run_python("-c", COMPILED, timeout=480)
    assert result.stdout.strip() == "same", result.stderr
