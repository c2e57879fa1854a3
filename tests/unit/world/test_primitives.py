import numpy as np
import pytest

from hanazora.world.primitives import CameraPath, Environment, SceneBuilder, empty_primitives

TIMES = np.arange(3) / 8


def path(t=3):
    eye = np.tile(np.array([0, 1, 5], np.float32), (t, 1))
    return CameraPath(
        eye=eye, target=np.zeros((t, 3), np.float32), fov_degrees=np.full(t, 50, np.float32)
    )


def test_builder_spreads_still_and_moving_values_over_time():
    builder = SceneBuilder(TIMES)
    still, moving = builder.new_object("toy"), builder.new_object("toy")
    builder.add("box", (0, 1, 0), 0.5, (1, 0, 0), still)
    way = np.stack([np.arange(3.0), np.ones(3), np.zeros(3)], -1)
    builder.add("ball", way, (1, 2, 3), (0, 1, 0), moving, visible=np.array([True, False, True]))
    solids = builder.build(Environment(), path()).primitives
    assert solids.centres.shape == (3, 2, 3)
    np.testing.assert_array_equal(solids.centres[:, 1], way)
    np.testing.assert_array_equal(solids.centres[:, 0], [[0, 1, 0]] * 3)
    np.testing.assert_array_equal(solids.visible, [[True, True], [True, False], [True, True]])
    np.testing.assert_array_equal(solids.object_ids, [0, 1])
    np.testing.assert_allclose(solids.half_sizes[2], [[0.5, 0.5, 0.5], [1, 2, 3]])
    np.testing.assert_allclose(solids.colours2[0, 0], [0.6, 0, 0])
    assert builder.num_primitives == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": "torus"}, "torus"),
        ({"pattern": "tartan"}, "tartan"),
        ({"object_id": 7}, "object 7"),
    ],
)
def test_builder_refuses_what_it_does_not_know(change, message):
    builder = SceneBuilder(TIMES)
    options = {"shape": "box", "object_id": builder.new_object("toy"), "pattern": "plain"} | change
    # the test hook checks the literal types before the builder does
    with pytest.raises((ValueError, TypeError), match=message):
        builder.add(centre=(0, 0, 0), half_size=1, colour=(1, 1, 1), **options)


def test_scene_without_solids():
    scene = SceneBuilder(TIMES).build(Environment(), path())
    assert scene.num_frames == 3
    assert scene.primitives.centres.shape == empty_primitives(3).centres.shape == (3, 0, 3)
