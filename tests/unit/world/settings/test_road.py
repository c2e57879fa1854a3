"""The road lies under vehicles and behind walkers."""

from hanazora.world.build import build_scene
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "road",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_the_road_is_under_vehicles_and_behind_walkers():
    driving = _shot(subjects=(SubjectSpec(kind="truck", colour="red"),)).scene.environment
    walking = _shot().scene.environment
    assert driving.road_along_x and walking.road_along_x
    assert abs(driving.road_centre) < driving.road_half_width
    assert walking.road_centre + walking.road_half_width < 0


def test_rain_wets_the_road():
    assert _shot(weather="rain").scene.environment.wet > _shot().scene.environment.wet
