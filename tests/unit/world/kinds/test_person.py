"""People walk with their legs, wave with an arm and wear what they are given."""

import numpy as np

from hanazora.world.kinds.person import build_person, build_robot
from hanazora.world.kinds.rig import Look, plain_look
from hanazora.world.motion import still, travel, waving
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.arange(9) / 8.0
RED = (0.9, 0.1, 0.1)


def _centres(build, kind, motion, **look):
    builder = SceneBuilder(TIMES.astype(np.float32))
    build(builder, kind, motion, plain_look(RED, **look))
    camera = CameraPath(eye=np.zeros((9, 3)), target=np.ones((9, 3)), fov_degrees=np.full(9, 40.0))
    return builder.build(Environment(), camera).primitives


def test_legs_swing_while_walking_and_rest_while_standing():
    walking = travel(still(TIMES, (0.0, 0.0, 0.0)), TIMES, "left", 1.2, step=0.2, stride=0.6)
    moving = _centres(build_person, "man", walking).centres
    swing = moving[:, :, 0] - walking.position[:, None, 0]
    assert np.ptp(swing, axis=0).max() > 0.3
    standing = _centres(build_person, "man", still(TIMES, (0.0, 0.0, 0.0))).centres
    assert np.ptp(standing, axis=0).max() < 0.05


def test_a_child_is_smaller_than_a_woman_and_extras_add_solids():
    rest = still(TIMES, (0.0, 0.0, 0.0))
    child, woman = (_centres(build_person, kind, rest) for kind in ("child", "woman"))
    assert child.centres[..., 1].max() < 0.8 * woman.centres[..., 1].max()
    builder = SceneBuilder(TIMES.astype(np.float32))
    look = Look(colour=RED, accent=RED, extras=("hat", "bag", "umbrella", "scarf"))
    build_person(builder, "woman", rest, look)
    assert builder.num_primitives >= len(woman.shapes) + 7


def test_a_waving_robot_raises_one_hand():
    solids = _centres(build_robot, "robot", waving(still(TIMES, (0.0, 0.0, 0.0)), TIMES))
    heights = solids.centres[-1, :, 1]
    sides = solids.centres[-1, :, 0]
    assert heights[sides < -0.4].max() > heights[sides > 0.4].max() + 0.2
