"""The park is green, red and yellow in autumn, white in snow."""

from hanazora.world.build import build_scene
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "park",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def _share(shot, channel):
    scenery = shot.scene.primitives.shapes == 1
    colours = shot.scene.primitives.colours[0][scenery]
    return float((colours.argmax(-1) == channel).mean())


def test_leaves_follow_the_weather():
    assert _share(_shot(), 1) > 0.5
    assert _share(_shot(weather="leaves"), 0) > 0.5


def test_the_lawn_is_white_in_snow():
    assert _shot().scene.environment.ground == "grass"
    assert _shot(weather="snow").scene.environment.ground == "snow"
