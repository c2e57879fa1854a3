"""Facts are counted in the pictures."""

import json

import numpy as np
import torch

from hanazora.world.build import build_scene
from hanazora.world.facts import measure_facts, to_json
from hanazora.world.spec import SceneSpec, SubjectSpec


def _built():
    subjects = (
        SubjectSpec(kind="ball", colour="red"),
        SubjectSpec(kind="box", colour="blue", count=2),
    )
    return build_scene(SceneSpec(seed=1, setting="toys", subjects=subjects, num_frames=2))


def test_boxes_centres_and_pixels_are_those_of_the_id_picture():
    built = _built()
    ids = torch.full((2, 16, 24), -1, dtype=torch.int16)
    ids[0, 4:8, 10:14] = built.shots[0].object_ids[0]
    depth = torch.full((2, 16, 24), 5.0)
    facts = measure_facts(built, [ids], [depth])
    ball = facts.objects[0]
    assert ball.boxes == ((10, 4, 14, 8), None)
    assert ball.centres[0] == (12.0, 6.0)
    assert ball.visible_px == (16, 0)
    assert ball.depths == (5.0, None)
    assert ball.positions[1] is not None


def test_every_member_of_a_group_is_an_object_and_all_is_json():
    built = _built()
    pictures = [torch.full((2, 16, 24), -1, dtype=torch.int16)]
    facts = measure_facts(built, pictures, [torch.zeros(2, 16, 24)])
    assert [(item.kind, item.subject, item.count) for item in facts.objects] == [
        ("ball", 0, 1), ("box", 1, 2), ("box", 1, 2),
    ]  # fmt: skip
    assert json.loads(json.dumps(to_json(facts)))["setting"] == "toys"
    assert np.allclose(facts.fov_degrees, facts.fov_degrees[0])
