import numpy as np
import torch

from hanazora.world.primitives import MAX_LIGHTS, CameraPath, Environment, SceneBuilder
from hanazora.world.rays.packing import (
    ENV,
    LOOK,
    Frames,
    environment_columns,
    frame_times,
    pack_lights,
    pack_solids,
)

CPU = torch.device("cpu")


def scene(num_solids, environment=None, num_frames=3):
    builder = SceneBuilder(np.arange(num_frames) / 4)
    for index in range(num_solids):
        one = builder.new_object("toy")
        builder.add("ball", (index, 1, 0), (1, 2, 4), (1, 0.5, 0), one, emission=0.5, facet=True,
                    pattern="dots", pattern_scale=(3.0, 2.5))  # fmt: skip
    flat = np.zeros((num_frames, 3), np.float32)
    path = CameraPath(eye=flat, target=flat + 1, fov_degrees=np.full(num_frames, 50, np.float32))
    return builder.build(environment or Environment(), path)


def test_scenes_of_different_sizes_share_a_table():
    solids = pack_solids([Frames(scene(1), 0, 2), Frames(scene(3), 1, 3)], CPU)
    assert solids.centres.shape == (4, 3, 3)
    assert solids.visible.tolist() == [[True, False, False]] * 2 + [[True] * 3] * 2
    assert solids.look.shape == (LOOK[""], 13)
    assert solids.object_ids.tolist()[-1] == -1
    assert float(solids.look[LOOK["code"], -1]) == -1
    identity = solids.to_local @ solids.axes.transpose(-1, -2)
    seen = identity[solids.visible]
    torch.testing.assert_close(seen, torch.eye(3).expand_as(seen))


def test_packed_numbers_can_be_read_back():
    look = pack_solids([Frames(scene(2), 0, 1)], CPU).look[:, 1]
    code = int(look[LOOK["code"]])
    assert code % 4 == 1 and code // 4 % 2 == 1 and code // 8 % 16 == 4
    assert code // 128 % 256 == 128 and code // (128 * 256) == 1
    assert int(look[LOOK["colour"]]) == 255 * 65536 + 128 * 256
    assert int(look[LOOK["scales"]]) == 24 * 4096 + 20


def test_environment_row_fills_its_columns():
    row = environment_columns(Environment(caustics=0.25, sun_direction=(0.0, 2.0, 0.0)))
    assert len(row) == ENV[""] - ENV["mode"]
    assert row[ENV["caustics"] - ENV["mode"]] == np.float32(0.25)
    sun = ENV["sun"] - ENV["mode"]
    np.testing.assert_array_equal(row[sun : sun + 3], [0, 1, 0])


def test_times_and_lights_follow_the_part():
    lamps = np.arange(18, dtype=np.float32).reshape(3, 2, 3)
    look = Environment(light_positions=lamps, light_colours=np.ones((2, 3), np.float32))
    part = Frames(scene(1, look), 1, 3)
    assert frame_times(part).tolist() == [0.25, 0.5]
    lights = pack_lights([part], CPU)
    assert lights.shape == (2, MAX_LIGHTS, 6)
    np.testing.assert_array_equal(lights[:, :2, :3], lamps[1:])
    assert float(lights[:, 2:].abs().sum()) == 0
    assert pack_lights([Frames(scene(1), 0, 1)], CPU) is None
