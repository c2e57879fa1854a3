import pytest

from hanazora.pipelines.expander.reading.english_words import english_lexicon, read_english
from hanazora.pipelines.expander.reading.tokens import UNKNOWN
from hanazora.world import vocabulary
from hanazora.world.speech import words


def tags(text):
    return [(token.tag, token.value) for token in read_english(text) if token.tag != "word"]


def test_the_longest_phrase_wins():
    assert tags("a hot air balloon") == [("kind", "balloon")]
    assert tags("the camera pans left") == [("camera", "pan_left")]
    assert tags("sunny yellow") == [("colour", "yellow")]


def test_any_form_of_a_word_is_known():
    assert tags("ran") == [("action", "run")]
    assert tags("Hopping") == [("action", "jump")]
    (token,) = read_english("lorries")
    assert token.value == "truck" and token.plural


@pytest.mark.parametrize("text", ["low-poly", "low poly", "LOW-POLY"])
def test_hyphens_and_capitals_do_not_matter(text):
    assert tags(text) == [("style", "lowpoly")]


def test_a_slip_is_corrected_and_marked():
    (token,) = read_english("trcuk")
    assert (token.value, token.origin, token.text) == ("truck", "typo", "trcuk")


@pytest.mark.parametrize("word", ["elephant", "goat", "spaghetti", "train", "singing"])
def test_other_words_stay_unknown(word):
    (token,) = read_english(word)
    assert token.tag == UNKNOWN


def test_every_word_of_the_captions_is_known():
    for kind, pairs in words.NOUNS.items():
        for single, plural in pairs:
            assert tags(single) == tags(plural) == [("kind", kind)], single
    for colour, names in words.COLOURS.items():
        for name in names:
            assert tags(name) == [("colour", colour)], name


def test_every_value_of_the_lexicon_is_one_of_the_world():
    known = {
        "kind": vocabulary.KINDS,
        "colour": (*vocabulary.COLOURS, "open"),
        "action": (*vocabulary.ACTIONS, "move"),
        "setting": vocabulary.SETTINGS,
        "place": vocabulary.SETTINGS,
        "weather": vocabulary.WEATHERS,
        "camera": vocabulary.CAMERA_MOVES,
        "relation": vocabulary.RELATIONS,
        "extra": vocabulary.EXTRAS,
    }
    for entries in english_lexicon().by_first.values():
        for entry in entries:
            allowed = known.get(entry.tag)
            assert allowed is None or set(entry.value.split("|")) <= set(allowed), entry
