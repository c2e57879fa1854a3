"""The village lies in snow, its windows shine, more so at night."""

import numpy as np

from hanazora.world.build import build_scene
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "snow_town",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_snow_is_everywhere_and_windows_shine():
    for weather in ("clear", "snow"):
        assert _shot(weather=weather).scene.environment.ground == "snow"
    day, night = (_shot(time_of_day=time).scene.primitives for time in ("day", "night"))
    assert 0 < day.emissions.max() < night.emissions.max()


def test_houses_stand_behind_the_subjects():
    shot = _shot()
    scenery = ~np.isin(shot.scene.primitives.object_ids, shot.object_ids)
    assert shot.scene.primitives.centres[0, scenery, 2].max() < -1.0
