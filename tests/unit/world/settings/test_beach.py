"""The sea is behind people and under boats; foam moves."""

import numpy as np

from hanazora.world.build import build_scene
from hanazora.world.settings.beach import shore_depth
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "beach",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_the_shore_is_behind_people_and_before_boats():
    assert shore_depth(4.0, boats=False) < -1.0
    assert shore_depth(8.0, boats=True) > 0.0


def test_foam_moves_and_palms_stand():
    shot = _shot(num_frames=5)
    scenery = ~np.isin(shot.scene.primitives.object_ids, shot.object_ids)
    travel = np.ptp(shot.scene.primitives.centres[:, scenery], axis=0)
    assert travel[:, 2].max() > 0.02
    assert np.median(travel) == 0
