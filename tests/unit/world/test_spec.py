import json
from dataclasses import replace

import pytest

from hanazora.world.sampling import sample_spec
from hanazora.world.spec import (
    CameraSpec,
    SceneSpec,
    ShotSpec,
    SubjectSpec,
    from_json,
    split_shots,
    to_json,
)

FISH = SubjectSpec(kind="fish", colour="orange", action="swim", direction="left")
TURTLE = SubjectSpec(kind="turtle", colour="green", action="follow", direction="left", target=0)


def shot(start_frame, *subjects):
    return ShotSpec(
        start_frame=start_frame,
        camera=CameraSpec(move="pan_left"),
        subjects=subjects,
        setting="reef",
        weather="bubbles",
        time_of_day="day",
    )


def test_json_round_trip_of_many_specs():
    for seed in range(300):
        spec = sample_spec(seed, num_frames=33)
        assert from_json(json.loads(json.dumps(to_json(spec)))) == spec


@pytest.mark.parametrize(
    ("field", "value"), [("setting", "moon"), ("style", "cubist"), ("script", "love_story")]
)
def test_unknown_names_are_refused_with_the_legal_ones(field, value):
    with pytest.raises(ValueError, match=f"{field} is '{value}'; it must be one of"):
        replace(SceneSpec(seed=0, setting="reef"), **{field: value})


def test_references_must_point_to_another_subject():
    with pytest.raises(ValueError, match="refers to subject 0"):
        SceneSpec(seed=0, setting="reef", subjects=(TURTLE,))
    with pytest.raises(ValueError, match="needs a target"):
        SceneSpec(seed=0, setting="reef", subjects=(replace(TURTLE, target=None), FISH))


def test_count_and_frames_have_limits():
    with pytest.raises(ValueError, match="count is 7"):
        replace(FISH, count=7)
    with pytest.raises(ValueError, match="num_frames is 0"):
        SceneSpec(seed=0, setting="reef", num_frames=0)


def test_split_shots_covers_all_frames_and_renumbers():
    spec = SceneSpec(
        seed=0,
        setting="reef",
        subjects=(FISH, TURTLE),
        shots=(shot(0, 0), shot(9, 1)),
        num_frames=17,
        script="shots",
    )
    parts = split_shots(spec)
    assert [part.num_frames for part in parts] == [9, 8]
    assert parts[1].subjects[0].kind == "turtle"
    assert parts[1].subjects[0].action == "stand"  # the one it follows is not in this shot
    assert parts[0].camera.move == "pan_left"
    assert all(part.seed == spec.seed and not part.shots for part in parts)


def test_split_shots_keeps_targets_inside_a_shot():
    spec = SceneSpec(
        seed=0, setting="reef", subjects=(FISH, FISH, replace(TURTLE, target=1)),
        shots=(shot(0, 0), shot(9, 1, 2)), script="shots",
    )  # fmt: skip
    assert split_shots(spec)[1].subjects[1].target == 0


def test_one_shot_is_left_alone():
    spec = SceneSpec(seed=0, setting="reef", subjects=(FISH,))
    assert split_shots(spec) == (spec,)
    assert spec.duration_s == 17 / 8
