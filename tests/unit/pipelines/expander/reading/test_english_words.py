import pytest

from hanazora.pipelines.expander.reading.english_words import (
    english_lexicon,
    name_emoji,
    read_english,
)
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


def test_a_slip_makes_nothing_plural():
    (token,) = read_english("octupus")
    assert token.value == "octopus" and not token.plural


def test_numbers_beyond_the_most_are_more():
    assert tags("30 dozen 5 0") == [
        ("number", "more"), ("number", "more"), ("number", "5"), (UNKNOWN, "0"),
    ]  # fmt: skip


def test_letters_of_other_languages_stay_in_their_word():
    assert [t.text for t in read_english("ein Auto fährt, Café")] == [
        "ein", "auto", "fährt", ",", "café",
    ]  # fmt: skip


def test_emoji_are_read_by_their_names():
    assert tags("\N{DOG}\N{CHERRY BLOSSOM}")[1::3] == [("kind", "dog"), ("setting", "cherry_alley")]
    assert name_emoji("\N{SNOWMAN WITHOUT SNOW} a") == ", SNOWMAN,  a"


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
        "relation": (*vocabulary.RELATIONS, "elsewhere"),
        "extra": vocabulary.EXTRAS,
    }
    for entries in english_lexicon().by_first.values():
        for entry in entries:
            allowed = known.get(entry.tag)
            assert allowed is None or set(entry.value.split("|")) <= set(allowed), entry
