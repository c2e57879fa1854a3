"""Local frames: turns have the signs their docstrings promise and children hang from parents."""

import numpy as np
import pytest

from hanazora.world.kinds.rig import Look, plain_look, start, turn_x, turn_y, turn_z
from hanazora.world.motion import still
from hanazora.world.primitives import SceneBuilder

TIMES = np.array([0.0, 0.5])


def test_turn_signs():
    up, front = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    assert np.allclose(turn_x(np.pi / 2) @ up, [0, 0, 1])
    assert np.allclose(turn_y(np.pi / 2) @ front, [1, 0, 0])
    assert np.allclose(turn_z(np.pi / 2) @ up, [-1, 0, 0])


def test_children_follow_scale_yaw_and_offset():
    builder = SceneBuilder(TIMES.astype(np.float32))
    motion = still(TIMES, (1.0, 0.0, 0.0), yaw=np.pi / 2)
    rig = start(builder, "test", motion, plain_look((1.0, 0.0, 0.0), scale=2.0))
    child = rig.at((0.0, 0.5, 1.0))
    assert np.allclose(child.origin, [[3.0, 1.0, 0.0]] * 2)
    end = child.limb(0.25, 0.1, (1.0, 0.0, 0.0))
    assert np.allclose(end.origin[:, 1], 0.5)
    assert builder.num_primitives == 1


def test_look_gives_cells_only_when_patterned():
    plain = plain_look((1.0, 0.0, 0.0))
    striped = Look(colour=(1.0, 0.0, 0.0), accent=(1.0, 1.0, 1.0), pattern="stripe")
    assert plain.cells(2.0, 3.0) is None
    assert striped.cells(2.0, 3.0) == ("stripe", 2.0, 3.0)
    assert plain.rng.integers(1000) == pytest.approx(plain.rng.integers(1000))
