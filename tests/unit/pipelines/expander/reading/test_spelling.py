import pytest

from hanazora.pipelines.expander.reading.spelling import (
    TypoFinder,
    base_forms,
    distance,
    plural_forms,
    real_words,
    verb_forms,
)


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("hopping", "hop"),
        ("buses", "bus"),
        ("ladies", "lady"),
        ("racing", "race"),
        ("going", "go"),
        ("man's", "man"),
        ("striped", "stripe"),
    ],
)
def test_a_form_leads_to_its_base(word, base):
    assert base in base_forms(word)


def test_what_is_no_plural_keeps_its_letters():
    assert base_forms("grass") == ("grass",)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("truck", "truck", 0), ("trcuk", "truck", 1), ("blu", "blue", 1), ("jelyfsh", "jellyfish", 2)],
)
def test_slips_are_counted(one, other, slips):
    assert distance(one, other, 2) == slips
    assert distance(other, one, 2) == slips


def test_counting_stops_at_the_limit():
    assert distance("elephant", "truck", 2) == 3


def test_the_nearest_known_word_is_found():
    finder = TypoFinder(["truck", "track", "jellyfish", "boat", "red"])
    assert finder.nearest("trcuk", ()) == "truck"
    assert finder.nearest("jelyfsh", ()) is None  # two slips in seven letters are too many
    assert finder.nearest("jellyfsih", ()) == "jellyfish"
    assert finder.nearest("rad", ()) is None
    assert TypoFinder(["grey", "green"]).nearest("gren", ()) == "green"


def test_a_word_of_its_own_is_no_slip():
    finder = TypoFinder(["boat"])
    assert finder.nearest("goat", ()) is None  # another first letter: several would do
    assert finder.nearest("boast", ()) == "boat"
    assert finder.nearest("boast", {"boast"}) is None
    assert finder.nearest("boasting", {"boast"}) is None


def test_common_words_near_a_known_one_are_listed():
    assert {"goat", "horse", "train", "bear"} <= real_words()
    assert not {"trcuk", "yelow"} & real_words()


def test_the_usual_forms_are_made():
    assert "boxes" in plural_forms("box") and "ladies" in plural_forms("lady")
    assert "driving" in verb_forms("drive") and "flies" in verb_forms("fly")
    assert "hopping" in verb_forms("hop") and "walked" in verb_forms("walk")
