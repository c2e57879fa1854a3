"""The street has lit shops, coloured lights, a wet road and quiet passers-by."""

import numpy as np

from hanazora.world.build import build_scene
from hanazora.world.primitives import MAX_LIGHTS
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "neon_street",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_shops_shine_on_a_wet_road():
    scene = _shot(time_of_day="night").scene
    look = scene.environment
    assert look.ground == "road" and look.wet > 0.5 and look.bloom > 0
    assert 0 < len(look.light_colours) <= MAX_LIGHTS
    assert (scene.primitives.emissions[0] > 0.4).sum() > 10


def test_passers_by_walk_and_carry_umbrellas_in_rain():
    dry, wet = (_shot(weather=weather).scene.primitives for weather in ("clear", "rain"))
    assert len(wet.shapes) > len(dry.shapes) + 8
    assert np.ptp(dry.centres[..., 2], axis=0).max() > 0.1


def test_a_sideways_street_runs_along_x():
    car = SubjectSpec(kind="car", colour="red", action="drive", direction="right")
    shot = _shot(camera=CameraSpec(move="follow"), subjects=(car,))
    assert shot.scene.environment.road_along_x
