"""Sea animals move their tails, flippers and arms."""

import numpy as np

from hanazora.world.kinds.rig import plain_look
from hanazora.world.kinds.sea import (
    build_fish,
    build_jellyfish,
    build_octopus,
    build_seahorse,
    build_turtle,
)
from hanazora.world.motion import still, swim
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.arange(9) / 8.0
RED = (0.9, 0.1, 0.1)


def _centres(build, kind, motion, **look):
    builder = SceneBuilder(TIMES.astype(np.float32))
    build(builder, kind, motion, plain_look(RED, **look))
    camera = CameraPath(eye=np.zeros((9, 3)), target=np.ones((9, 3)), fov_degrees=np.full(9, 40.0))
    return builder.build(Environment(), camera).primitives


def test_everything_under_water_moves_while_it_stays_in_place():
    for build, kind in (
        (build_fish, "fish"),
        (build_turtle, "turtle"),
        (build_jellyfish, "jellyfish"),
        (build_octopus, "octopus"),
        (build_seahorse, "seahorse"),
    ):
        motion = swim(still(TIMES, (0.0, 2.0, 0.0)), TIMES, rate=6.0, drift=0.0, phase=0.0)
        solids = _centres(build, kind, motion)
        moved = np.ptp(solids.centres, axis=0).max() + np.ptp(solids.rotations, axis=0).max()
        assert moved > 0.05, kind


def test_an_octopus_has_eight_arms_of_three_parts():
    solids = _centres(build_octopus, "octopus", still(TIMES, (0.0, 1.0, 0.0)))
    assert (solids.shapes == 2).sum() == 24
