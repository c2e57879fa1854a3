"""Dogs and cats trot, birds beat their wings."""

import numpy as np

from hanazora.world.kinds.animals import build_bird, build_cat, build_dog
from hanazora.world.kinds.rig import plain_look
from hanazora.world.motion import still, travel
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.arange(9) / 8.0
RED = (0.9, 0.1, 0.1)


def _centres(build, kind, motion, **look):
    builder = SceneBuilder(TIMES.astype(np.float32))
    build(builder, kind, motion, plain_look(RED, **look))
    camera = CameraPath(eye=np.zeros((9, 3)), target=np.ones((9, 3)), fov_degrees=np.full(9, 40.0))
    return builder.build(Environment(), camera).primitives


def test_four_legged_animals_keep_their_feet_on_the_ground():
    for build, kind in ((build_dog, "dog"), (build_cat, "cat")):
        solids = _centres(build, kind, still(TIMES, (0.0, 0.0, 0.0)))
        low = (solids.centres[..., 1] - solids.half_sizes.min(-1)).min()
        assert -0.05 < low < 0.08


def test_wings_beat_only_in_flight():
    flying = travel(still(TIMES, (0.0, 2.0, 0.0)), TIMES, "left", 1.0, step=0.1, stride=1.0)
    heights = _centres(build_bird, "bird", flying).centres[:, :, 1]
    assert np.ptp(heights, axis=0).max() > 0.15
    resting = _centres(build_bird, "bird", still(TIMES, (0.0, 0.0, 0.0))).centres[:, :, 1]
    assert np.ptp(resting, axis=0).max() < 1e-6
