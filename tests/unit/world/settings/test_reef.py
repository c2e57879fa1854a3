"""The reef is under water: light ripples, blue fog, swaying weed, fish in the distance."""

import numpy as np

from hanazora.world.build import build_scene
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "reef",
            "num_frames": 3,
            "subjects": (
                SubjectSpec(kind="fish", colour="orange", action="swim", direction="left"),
            ),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_water_has_ripples_and_blue_fog():
    look = _shot().scene.environment
    assert look.caustics > 0 and look.ground == "sand"
    assert look.fog_colour[2] > 1.5 * look.fog_colour[0]


def test_weed_sways_and_far_fish_are_not_subjects():
    shot = _shot()
    scenery = ~np.isin(shot.scene.primitives.object_ids, shot.object_ids)
    assert np.ptp(shot.scene.primitives.centres[:, scenery], axis=0).max() > 0.005
    assert len(shot.actors) == 1
