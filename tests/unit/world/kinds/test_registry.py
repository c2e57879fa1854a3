"""The table of kinds is complete and tells the truth about sizes."""

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.kinds import KIND_TABLE, SIZE_SCALES, SUPPORTED_KINDS
from hanazora.world.kinds.rig import plain_look
from hanazora.world.motion import still
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.array([0.0, 0.1])


def _solids(kind):
    builder = SceneBuilder(TIMES.astype(np.float32))
    motion = still(TIMES, (0.0, 0.0, 0.0))
    assert KIND_TABLE[kind].build(builder, kind, motion, plain_look((0.9, 0.1, 0.1))) == 0
    camera = CameraPath(eye=np.zeros((2, 3)), target=np.ones((2, 3)), fov_degrees=np.full(2, 40.0))
    return builder.build(Environment(), camera).primitives


def test_every_kind_and_size_of_the_vocabulary_is_there():
    assert set(vocabulary.KINDS) <= SUPPORTED_KINDS
    assert set(vocabulary.SIZES) == set(SIZE_SCALES)
    assert SIZE_SCALES["small"] < SIZE_SCALES["medium"] < SIZE_SCALES["large"]


@pytest.mark.parametrize("kind", sorted(KIND_TABLE))
def test_height_in_the_table_is_near_the_drawn_height(kind):
    solids = _solids(kind)
    axes = np.abs(solids.rotations[0] * solids.half_sizes[0][:, None, :])
    # The box around a turned ball is smaller than the box around a turned box.
    ball = solids.shapes == 1
    reach = np.where(ball, np.sqrt((axes**2).sum(-1))[:, 1], axes.sum(-1)[:, 1])
    low = (solids.centres[0][:, 1] - reach).min()
    high = (solids.centres[0][:, 1] + reach).max()
    assert high - low == pytest.approx(KIND_TABLE[kind].height, rel=0.22)
    # A bird is measured in flight and stands on its feet here.
    below = 0.0 if kind == "bird" else KIND_TABLE[kind].below
    assert low == pytest.approx(-below, abs=0.22)


@pytest.mark.parametrize("kind", sorted(KIND_TABLE))
def test_a_kind_is_mostly_of_its_colour_and_not_heavy(kind):
    solids = _solids(kind)
    assert len(solids.shapes) <= 45
    colours = solids.colours[0]
    reddish = (colours[:, 0] > 2 * colours[:, 1]) & (colours[:, 0] > 0.3)
    assert reddish.any()
