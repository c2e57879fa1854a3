from hanazora.pipelines.expander.reading.draft import COUPLE, Draft, Modifiers, scene_fact
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world.speech.noun_phrases import CLIP


def test_the_first_word_stays_and_another_is_reported():
    draft = Draft()
    draft.set_scene("setting", Token("setting", "beach", "shore"))
    draft.set_scene("setting", Token("setting", "park", "garden"))
    assert draft.scenes[0]["setting"] == "beach"
    assert draft.ignored == ["garden"]
    assert draft.sources[CLIP, "setting"].text == "shore"


def test_petals_and_snow_are_one_weather():
    draft = Draft()
    draft.set_scene("weather", Token("weather", "petals", "petals"))
    draft.set_scene("weather", Token("weather", "snow", "snow"))
    assert draft.scenes[0]["weather"] == "petals_snow"


def test_a_subject_takes_the_words_before_it():
    draft, modifiers = Draft(), Modifiers()
    modifiers.tokens = [Token("number", "more", "nine"), Token("colour", "red", "ruby")]
    assert modifiers.first("colour").value == "red"
    index = draft.add_subject(("ball",), Token("kind", "ball", "balls", True), modifiers.take())
    subject = draft.subjects[index]
    assert (subject.count, subject.colour, subject.many) == (6, "red", False)  # six is the most
    assert modifiers.tokens == []
    assert draft.sources[index, "count"].origin == "nearest"


def test_a_couple_that_is_named_is_two_people():
    draft = Draft()
    for kinds in (COUPLE, ("woman",), ("man",)):
        draft.add_subject(kinds, Token("kind", kinds[0], kinds[0]))
    draft.set_fact(0, "direction", "away", Token("direction", "away", "away"))
    draft.name_the_couple()
    assert [s.kinds for s in draft.subjects] == [("woman",), ("man",)]
    assert [s.direction for s in draft.subjects] == ["away", "away"]
    assert draft.sources[0, "kind"].text == "woman"


def test_each_shot_begins_with_nothing():
    draft = Draft()
    draft.set_scene("style", Token("style", "paper", "paper"))
    draft.new_shot()
    assert draft.shot == 1 and draft.scenes[1] == {}
    draft.set_scene("style", Token("style", "clay", "clay"))
    draft.add_place(Token("place", "road|park", "lane"))
    assert draft.sources[scene_fact("style", 0)].text == "paper"
    assert draft.sources[scene_fact("style", 1)].text == "clay"
    assert draft.places == {1: [("road", "park")]}
