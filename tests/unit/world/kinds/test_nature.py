"""Plants: cheaper far away, white in winter, swaying under water."""

from dataclasses import replace

import numpy as np

from hanazora.world.kinds import nature
from hanazora.world.palette import LEAVES, SNOW
from hanazora.world.primitives import CameraPath, Environment, SceneBuilder

TIMES = (np.arange(5) / 4.0).astype(np.float32)
SPOT = nature.Spot(x=1.0, z=-2.0)


def _solids(add):
    builder = SceneBuilder(TIMES)
    add(builder)
    camera = CameraPath(eye=np.zeros((5, 3)), target=np.ones((5, 3)), fov_degrees=np.full(5, 40.0))
    return builder.build(Environment(), camera).primitives


def _rng():
    return np.random.default_rng(0)


def test_far_trees_are_cheap():
    near = _solids(lambda b: nature.leafy_tree(b, SPOT, 4.0, LEAVES, _rng()))
    far = _solids(lambda b: nature.leafy_tree(b, replace(SPOT, far=True), 4.0, LEAVES, _rng()))
    assert len(far.shapes) <= 4 < len(near.shapes) <= 10


def test_snow_lies_on_pines_shrubs_and_rocks():
    for add in (
        lambda b, s: nature.pine(b, s, 3.0, LEAVES[0]),
        lambda b, s: nature.shrub(b, s, 0.6, LEAVES[0]),
        lambda b, s: nature.rock(b, s, 0.5, (0.5, 0.5, 0.5)),
    ):
        bare = _solids(lambda b, add=add: add(b, SPOT))
        white = _solids(lambda b, add=add: add(b, replace(SPOT, snow=True)))
        snowy = np.isclose(white.colours[0], SNOW, atol=1e-3).all(-1).sum()
        assert snowy > np.isclose(bare.colours[0], SNOW, atol=1e-3).all(-1).sum()


def test_seaweed_sways_and_other_things_stand():
    weed = _solids(lambda b: nature.seaweed(b, SPOT, 1.2, (0.2, 0.6, 0.3), 0.0))
    assert np.ptp(weed.centres[..., 0], axis=0).max() > 0.02
    for seed in range(6):
        coral = _solids(
            lambda b, seed=seed: nature.coral(b, SPOT, 0.6, np.random.default_rng(seed))
        )
        assert np.ptp(coral.centres, axis=0).max() == 0
    palm = _solids(lambda b: nature.palm(b, SPOT, 3.5))
    assert palm.centres[..., 1].max() > 3.0
    flowers = _solids(lambda b: nature.flowers(b, SPOT, (1.0, 0.8, 0.2), _rng()))
    assert len(flowers.shapes) == 6
    hill = _solids(lambda b: nature.hill(b, SPOT, (8.0, 3.0, 5.0), LEAVES[0], cap=SNOW))
    assert len(hill.shapes) == 2
