"""Vehicles stand on their wheels, which turn."""

import numpy as np

from hanazora.world.kinds.rig import plain_look
from hanazora.world.kinds.vehicles import (
    build_bicycle,
    build_boat,
    build_bus,
    build_car,
    build_truck,
)
from hanazora.world.motion import still, travel
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = np.arange(9) / 8.0
RED = (0.9, 0.1, 0.1)


def _centres(build, kind, motion, **look):
    builder = SceneBuilder(TIMES.astype(np.float32))
    build(builder, kind, motion, plain_look(RED, **look))
    camera = CameraPath(eye=np.zeros((9, 3)), target=np.ones((9, 3)), fov_degrees=np.full(9, 40.0))
    return builder.build(Environment(), camera).primitives


def test_wheels_touch_the_ground_and_turn():
    for build, kind in ((build_car, "car"), (build_truck, "truck"), (build_bus, "bus")):
        driving = travel(still(TIMES, (0.0, 0.0, 0.0)), TIMES, "left", 2.0, step=0.4, stride=0.6)
        solids = _centres(build, kind, driving)
        wheels = (solids.shapes == 2) & (solids.colours[0].max(-1) < 0.1)
        assert wheels.sum() >= 4
        radius = solids.half_sizes[0, wheels, 0]
        assert np.allclose(solids.centres[0, wheels, 1], radius, atol=0.02)
        assert not np.allclose(solids.rotations[0, wheels], solids.rotations[4, wheels])


def test_a_cyclist_sits_above_the_wheels_and_a_boat_rocks():
    bicycle = _centres(build_bicycle, "bicycle", still(TIMES, (0.0, 0.0, 0.0)))
    assert bicycle.centres[..., 1].max() > 1.5
    boat = _centres(build_boat, "boat", still(TIMES, (0.0, 0.0, 0.0)))
    assert np.ptp(boat.rotations[:, 0, 0, 1]) > 0.01
