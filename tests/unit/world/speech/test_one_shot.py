import pytest

from hanazora.world.draw import generator
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import Fact, Speaker
from hanazora.world.speech.one_shot import DETAIL, OneShotTeller, camera_noun

CAR = SubjectSpec(kind="car", colour="red", action="drive", direction="left")
BALL = SubjectSpec(kind="ball", colour="blue", relation=("behind", 0))
ROAD = SceneSpec(seed=0, setting="road", subjects=(CAR, BALL), camera=CameraSpec(move="pan_left"))


def teller(seed, length="long", hidden=frozenset()):
    return OneShotTeller(Speaker(ROAD, generator(seed, "test"), False), length, hidden)


@pytest.mark.parametrize("length", DETAIL)
def test_the_frame_is_one_of_its_length(length):
    names = {teller(seed, length).tell()[0].split("/")[0] for seed in range(30)}
    assert names == {length}


def test_a_slot_says_its_fact_and_remembers_it():
    one = teller(0)
    assert "road" in one.fill("M") or "street" in one.fill("M")
    assert Fact(-1, "setting", "road") in one.speaker.facts


def test_what_is_hidden_is_not_mentioned():
    shown = [teller(seed).tell()[1] for seed in range(60)]
    hidden = [teller(seed, hidden=frozenset({1})).tell()[1] for seed in range(60)]
    assert any("ball" in text for text in shown)
    assert not any("ball" in text for text in hidden)


def test_a_noun_for_the_camera_asserts_its_move():
    speaker = Speaker(ROAD, generator(0, "test"), False)
    assert camera_noun(speaker, "static", 0)
    assert list(speaker.facts) == [Fact(-1, "camera", "static", 0)]
