"""The alley is pink, white in snow, and turns sideways for a camera that goes along."""

import numpy as np

from hanazora.world.build import build_scene
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "cherry_alley",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="man", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def _pink(solids):
    red, green, blue = np.moveaxis(solids.colours[0], -1, 0)
    return int(((red > 0.9) & (blue > 0.7) & (green < blue)).sum())


def test_crowns_are_pink_and_the_ground_follows_the_weather():
    assert _pink(_shot(weather="petals").scene.primitives) > 40
    assert _shot(weather="petals").scene.environment.ground == "plain"
    assert _shot(weather="petals_snow").scene.environment.ground == "snow"


def test_no_tree_stands_between_a_sideways_camera_and_its_subject():
    walker = SubjectSpec(kind="man", colour="red", action="walk", direction="left")
    shot = _shot(camera=CameraSpec(move="follow"), subjects=(walker,))
    solids = shot.scene.primitives
    scenery = ~np.isin(solids.object_ids, shot.object_ids)
    assert solids.centres[0, scenery, 2].max() < -0.5
