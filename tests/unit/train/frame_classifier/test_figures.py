import numpy as np
import pytest

from hanazora.train.frame_classifier.figures import (
    DRESSES,
    Pose,
    add_figure,
    lying,
    place,
    sample_outfit,
    sample_pose,
)
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder


def primitives(dress, pose=None, turn=None, seed=0):
    rng = np.random.default_rng(seed)
    builder = SceneBuilder(np.zeros(1, np.float32))
    rig = place(builder, "figure", (0.0, 0.0, 0.0), np.eye(3) if turn is None else turn, 1.0)
    outfit = sample_outfit(rng, dress)
    add_figure(rig, outfit, pose or Pose())
    camera = CameraPath(eye=np.ones((1, 3)), target=np.zeros((1, 3)), fov_degrees=np.ones(1))
    return builder.build(Environment(), camera).primitives, outfit


def covered(solids, colour):
    """Number of solids of a colour."""
    return int(np.isclose(solids.colours[0], colour, atol=1e-5).all(axis=-1).sum())


def test_a_figure_stands_on_the_ground_and_is_as_tall_as_a_grown_up():
    solids, _ = primitives("suit")
    low = (solids.centres[0, :, 1] - solids.half_sizes[0, :, 1]).min()
    high = (solids.centres[0, :, 1] + solids.half_sizes[0, :, 1]).max()
    assert -0.1 < low < 0.1
    assert 1.6 < high < 1.95


@pytest.mark.parametrize("dress", DRESSES)
def test_every_dress_covers_what_bare_shows(dress):
    for seed in range(5):
        bare, outfit = primitives("bare", seed=seed)
        dressed, other = primitives(dress, seed=seed)
        assert covered(dressed, other.skin) < covered(bare, outfit.skin)


def test_a_level_arm_points_forward():
    rng = np.random.default_rng(0)
    builder = SceneBuilder(np.zeros(1, np.float32))
    rig = place(builder, "figure", (0.0, 0.0, 0.0), np.eye(3), 1.0)
    level = Pose(forward=(np.pi / 2, 0.0), out=(0.0, 0.0), elbows=(0.0, 0.0))
    joints = add_figure(rig, sample_outfit(rng, "coat"), level)
    left, right = (hand.origin[0] for hand in joints.hands)
    assert left[2] > 0.5
    assert abs(right[2]) < 0.1
    np.testing.assert_allclose(-joints.hands[0].axes[0, :, 1], [0, 0, 1], atol=1e-6)


def test_who_lies_is_low():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        solids, _ = primitives("gown", sample_pose(rng), lying(rng), seed)
        assert np.ptp(solids.centres[0, :, 1]) < 1.4
