"""Simple shapes stand on the floor; a rolling cylinder lies on its side."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds.rig import plain_look
from hanazora.world.kinds.toys import build_balloon, build_kite, build_snowman, build_solid
from hanazora.world.motion import still
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.arange(9) / 8.0
RED = (0.9, 0.1, 0.1)


def _centres(build, kind, motion, **look):
    builder = SceneBuilder(TIMES.astype(np.float32))
    build(builder, kind, motion, plain_look(RED, **look))
    camera = CameraPath(eye=np.zeros((9, 3)), target=np.ones((9, 3)), fov_degrees=np.full(9, 40.0))
    return builder.build(Environment(), camera).primitives


def test_shapes_stand_on_the_floor():
    for kind in ("ball", "box", "cylinder", "cone"):
        solids = _centres(build_solid, kind, still(TIMES, (0.0, 0.0, 0.0)))
        assert np.allclose(solids.centres[0, 0, 1], solids.half_sizes[0, 0, 1])


def test_a_rolling_cylinder_lies_on_its_side():
    rolling = replace(still(TIMES, (0.0, 0.0, 0.0)), pitch=2.0 * TIMES)
    solids = _centres(build_solid, "cylinder", rolling)
    assert abs(solids.rotations[0, 0, 1, 1]) < 1e-6


def test_a_balloon_hangs_above_its_string_and_a_kite_has_a_tail():
    balloon = _centres(build_balloon, "balloon", still(TIMES, (0.0, 0.0, 0.0)))
    assert balloon.centres[0, np.argmax(balloon.half_sizes[0, :, 0]), 1] > 1.0
    kite = _centres(build_kite, "kite", still(TIMES, (0.0, 3.0, 0.0)))
    assert kite.centres[..., 1].min() < 2.2


def test_a_snowman_is_of_its_colour():
    solids = _centres(build_snowman, "snowman", still(TIMES, (0.0, 0.0, 0.0)))
    largest = np.argmax(solids.half_sizes[0].prod(-1))
    assert np.allclose(solids.colours[0, largest], RED)
