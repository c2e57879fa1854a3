from hanazora.pipelines.expander.reading.english import understand_english
from hanazora.pipelines.expander.telling.resolve import resolve


def resolved(prompt, seed=0):
    return resolve(understand_english(prompt), prompt, seed)


def test_only_the_setting_is_always_chosen():
    scene = resolved("a red truck")
    assert scene.spec.setting == "road"
    assert scene.scenes == ({"setting": "road"},)


def test_weather_and_light_stay_open_unless_one_is_excluded():
    assert resolved("a woman under the sakura").scenes[0].keys() == {"setting"}
    assert resolved("a woman under the sakura, no petals").scenes[0]["weather"] == "clear"
    assert resolved("neon lights").scenes[0].keys() == {"setting"}
    assert resolved("neon lights, not at night").scenes[0]["time_of_day"] == "dusk"


def test_what_cannot_be_seen_there_is_reported():
    scene = resolved("a fish in a coral reef at night in the snow")
    assert scene.spec.setting == "reef"
    assert "time_of_day" not in scene.scenes[0]
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


def test_nobody_is_put_into_a_place_alone():
    assert resolved("a beach at dusk").spec.subjects == ()
    assert len(resolved("an empty beach with a dog").spec.subjects) == 1


def test_words_that_nothing_is_told_of_are_reported():
    told = resolved(
        "a tall man in grey, three people with umbrellas, a red car, a cat and a tiny dog"
    )
    assert {"tall", "grey", "umbrellas", "dog", "tiny"} <= set(told.ignored)
    rider = resolved("a woman in a red coat rides a blue bicycle")
    assert rider.spec.subjects[0].colour == "blue"
    assert {"woman", "red"} <= set(rider.ignored)


def test_each_shot_has_its_own_place_weather_and_camera():
    scene = resolved(
        "It rains. A bus drives by at night. Then cut to a bird over the sea, pan left"
    )
    assert scene.scenes[0]["weather"] == "rain" and "weather" not in scene.scenes[1]
    assert scene.scenes[1]["setting"] == "beach" != scene.scenes[0]["setting"]
    assert scene.scenes[1]["camera"] == "pan_left"
    assert "at night" in scene.ignored  # no caption of shots says it


def test_all_shots_have_the_style_that_is_said_first():
    scene = resolved("a cat, then cut to a dog in clay style, then cut to a bird, watercolour")
    assert scene.spec.style == "clay" and "watercolour" in scene.ignored


def test_a_verb_the_kind_cannot_do_is_marked_as_the_nearest():
    assert resolved("a truck walks").sources[0, "action"].origin == "nearest"
    assert resolved("a man walks").sources[0, "action"].origin == "said"
