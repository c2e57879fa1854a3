"""Ways into the picture stay free."""

import numpy as np
import pytest

from hanazora.world.build import build_scene
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec


@pytest.mark.parametrize("setting", ["cherry_alley", "neon_street", "road", "park", "snow_town"])
@pytest.mark.parametrize("kind", ["woman", "car"])
def test_nothing_stands_in_the_way_of_who_goes_away(setting, kind):
    subject = SubjectSpec(kind=kind, colour="red", action="walk", direction="away")
    spec = SceneSpec(
        seed=5, setting=setting, subjects=(subject,), camera=CameraSpec(move="follow"),
        num_frames=33,
    )  # fmt: skip
    shot = build_scene(spec).shots[0]
    solids, path = shot.scene.primitives, shot.motions[0].position
    low = solids.centres[0, :, 1] - solids.half_sizes[0].max(-1) < 1.5
    near = np.abs(solids.centres[0, :, 0] - path[:, 0].mean()) < 0.5
    ahead = (solids.centres[0, :, 2] > path[-1, 2]) & (solids.centres[0, :, 2] < path[0, 2] - 1.0)
    own = np.isin(solids.object_ids, shot.object_ids)
    assert path[-1, 2] < path[0, 2] - 2.0
    assert not (low & near & ahead & ~own).any()
