import pytest

from hanazora.safety.text.folding import fold


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Red Truck", "red truck"),
        ("\uff32\uff45\uff44", "red"),
        ("r\u200be\u00add", "red"),
        ("tr\u0443\u0441k", "tryck"),
        ("\u24e3\u24e1\u24e4\u24d2\u24da", "truck"),
        ("\U0001d42bed", "red"),
        ("caf\u00e9 stra\u00dfe", "cafe strasse"),
        ("t\u0337r\u0301uck", "truck"),
        ("\u30cc\u30fc\u30c9", "\u306c\u30fc\u3069"),
        ("\uff87\uff70\uff84\uff9e", "\u306c\u30fc\u3069"),
        ("\u6bba", "\u6740"),
    ],
)
def test_disguised_letters_become_plain(text, plain):
    assert fold(text).text == plain


def test_a_word_of_another_script_stays_what_it_is():
    text = "\u043f\u0440\u0438\u0432\u0435\u0442"
    assert fold(text).text == text


def test_every_character_knows_its_place():
    text = "a\u200b \uff32\uff45\uff44 caf\u00e9"
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    start = folded.text.index("red")
    assert text[slice(*folded.span(start, start + 3))] == "\uff32\uff45\uff44"


def test_a_text_read_backwards_has_its_places_in_order():
    folded = fold("abc")
    turned = folded._replace(text="cba", origin=[2, 1, 0])
    assert turned.span(0, 2) == (1, 3)
