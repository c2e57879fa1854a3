import pytest

from hanazora.safety.text.negative import without_avoided


def test_items_to_avoid_are_blanked_and_others_stay():
    text = "nudity, gore, a red truck"
    read = without_avoided(text)
    assert read.endswith(", a red truck")
    assert len(read) == len(text)
    assert "gore" not in read


def test_a_phrase_is_not_an_item():
    assert without_avoided("a bloody knife") == "a bloody knife"


@pytest.mark.parametrize("text", ["clothes", "blurry, any clothing", "wearing clothes", "Censored"])
def test_pushing_clothes_away_is_read_as_what_it_asks(text):
    assert without_avoided(text).endswith("\nnude")


@pytest.mark.parametrize("text", ["bikini, cleavage", "clothes line in the background", "blurry"])
def test_other_garments_and_sentences_are_not(text):
    assert "nude" not in without_avoided(text)
