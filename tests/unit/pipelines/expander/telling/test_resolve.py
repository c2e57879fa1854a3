from hanazora.pipelines.expander.reading.english import understand_english
from hanazora.pipelines.expander.telling.resolve import resolve
from hanazora.world.speech.noun_phrases import CLIP


def resolved(prompt, seed=0):
    return resolve(understand_english(prompt), prompt, seed)


def test_only_the_setting_is_always_chosen():
    scene = resolved("a red truck")
    assert scene.spec.setting == "road"
    assert {name for owner, name in scene.spoken if owner == CLIP} == {"setting"}


def test_what_belongs_to_a_setting_is_added_unless_excluded():
    assert resolved("a woman under the sakura").spec.weather == "petals"
    assert resolved("a woman under the sakura, no petals").spec.weather == "clear"
    assert resolved("neon lights").spec.time_of_day == "night"
    assert resolved("neon lights, not at night").spec.time_of_day == "dusk"


def test_what_cannot_be_seen_there_is_reported():
    scene = resolved("a fish in a coral reef at night in the snow")
    assert scene.spec.setting == "reef"
    assert (CLIP, "time_of_day") not in scene.spoken
    assert {"at night", "snow"} <= set(scene.ignored)


def test_another_seed_chooses_otherwise_the_same_one_does_not():
    assert resolved("a dog").spec == resolved("a dog").spec
    assert len({resolved("a dog", seed).spec for seed in range(12)}) > 3


def test_a_couple_walks_the_same_way():
    spec = resolved("a couple under the cherry trees").spec
    assert spec.script == "couple_walk"
    assert spec.subjects[0].direction == spec.subjects[1].direction == "away"


def test_every_shot_has_a_subject():
    spec = resolved("a cat on a beach, then cut to a park").spec
    assert [len(shot.subjects) for shot in spec.shots] == [1, 1]
    assert [shot.setting for shot in spec.shots] == ["beach", "park"]


def test_a_place_without_anything_is_empty():
    assert resolved("an empty beach").empty
    assert not resolved("an empty beach with a dog").empty
