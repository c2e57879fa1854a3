import pytest

from hanazora.world import affordances
from hanazora.world.chance.shots import draw_camera, with_shots
from hanazora.world.draw import generator
from hanazora.world.spec import SceneSpec, SubjectSpec

CAR = SubjectSpec(kind="car", colour="red", action="drive", direction="left")
BALL = SubjectSpec(kind="ball", colour="blue")


@pytest.fixture
def rng(seed):
    return generator(seed, "test")


def test_a_camera_move_suits_the_action(rng):
    usual = affordances.camera_weights("drive", "left")
    assert all(usual[draw_camera(rng, (CAR,), None, "train").move] > 0 for _ in range(100))


def test_a_couple_that_walks_away_is_often_followed(rng):
    couple = tuple(
        SubjectSpec(kind=kind, colour="red", action="walk", direction="away")
        for kind in ("man", "woman")
    )
    moves = [draw_camera(rng, couple, "couple_walk", "train").move for _ in range(100)]
    assert 35 < moves.count("follow") < 95


def test_every_subject_gets_a_shot_that_begins_on_a_latent_frame(rng):
    spec = SceneSpec(seed=0, setting="road", subjects=(CAR, BALL), num_frames=33)
    shots = with_shots(rng, spec, "train").shots
    assert [shot.subjects for shot in shots] == [(0,), (1,)]
    assert [shot.start_frame for shot in shots] == [0, 17]
    assert shots[0].setting == "road"
    assert shots[0].camera == spec.camera
