from hanazora.world.draw import generator
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec
from hanazora.world.speech.many_shots import tell_shots
from hanazora.world.speech.noun_phrases import Fact, Speaker

FISH = SubjectSpec(kind="fish", colour="orange", action="swim", direction="left")
CAR = SubjectSpec(kind="car", colour="red", action="drive", direction="right")
AIR = {"weather": "clear", "time_of_day": "day", "camera": CameraSpec(move="static")}
SPEC = SceneSpec(
    seed=0,
    setting="reef",
    subjects=(FISH, CAR),
    num_frames=33,
    script="shots",
    shots=(
        ShotSpec(start_frame=0, subjects=(0,), setting="reef", **AIR),
        ShotSpec(start_frame=17, subjects=(1,), setting="road", **AIR),
    ),
)


def told(seed, length="medium"):
    speaker = Speaker(SPEC, generator(seed, "test"), False)
    return *tell_shots(speaker, length), speaker.facts


def test_every_shot_is_told_in_order():
    for seed in range(50):
        name, text, facts = told(seed)
        assert name.startswith("shots/")
        assert Fact(-1, "num_shots", 2) in facts
        assert [f.value for f in facts if f.name == "shot"] == [0, 1]
        assert "{" not in text


def test_a_new_place_is_mostly_said_with_its_shot():
    places = [fact for seed in range(50) for fact in told(seed)[2] if fact.name == "setting"]
    roads = [fact for fact in places if fact.value == "road"]
    assert len(roads) > 30
    assert {fact.shot for fact in roads} == {1}
