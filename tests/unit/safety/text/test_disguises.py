import base64
import codecs

import pytest

from hanazora.safety.text.disguises import Wordlist, decoded, repair_word, turned, undisguise
from hanazora.safety.text.folding import fold

WORDS = Wordlist(
    words={"petals", "falling", "tree", "the", "lantern"},
    strong={"petals", "lantern"},
    ordinary={"pedals"},
)


@pytest.mark.parametrize(
    "disguised",
    [
        "p3tals", "pe7al$", "p.e.t.a.l.s", "p-e-t-a-l-s", "p e t a l s", "peeetals", "ppeettaallss",
        "p*tals", "slatep", "crgnyf", "peatls", "petasl", "pe_tals",
    ],
)  # fmt: skip
def test_a_word_is_read_through_its_disguise(disguised):
    found = undisguise(fold(f"red {disguised} here"), WORDS)
    assert found is not None
    assert "petals" in found.text.split()


@pytest.mark.parametrize("plain", ["pedals", "4k", "3d", "1920s", "petals", "b52", "f/1.8"])
def test_what_is_no_disguise_stays(plain):
    assert repair_word(plain, WORDS) is None


def test_letters_without_gaps_between_words_are_cut():
    assert undisguise(fold("t h e p e t a l s"), WORDS).text == "the petals"


def test_a_repaired_word_points_at_its_original():
    text = "see p.3.t.a.l.s fall"
    found = undisguise(fold(text), WORDS)
    start = found.text.index("petals")
    assert text[slice(*found.span(start, start + 6))] == "p.3.t.a.l.s"


def test_a_sign_is_a_short_word_only_among_other_disguises():
    assert undisguise(fold("4 tree"), WORDS) is None
    assert undisguise(fold("4 p3tals"), WORDS).text == "a petals"


def test_a_whole_text_is_read_in_rot13_and_backwards():
    text = "a tree in the park"
    for disguised in (codecs.encode(text, "rot13"), text[::-1]):
        assert text in [reading.text for reading in turned(fold(disguised))]
    assert list(turned(fold(text))) == []


@pytest.mark.parametrize(
    "wrapped",
    [
        base64.b64encode(b"falling petals").decode(),
        b"falling petals".hex(),
        " ".join(f"{byte:08b}" for byte in b"falling petals"),
    ],
)
def test_encodings_are_opened(wrapped):
    (found,) = decoded(f"look: {wrapped}")
    assert found.text == "falling petals"
    assert found.span == (6, 6 + len(wrapped))


@pytest.mark.parametrize("wrapped", ["%70etals", "&#112;etals", "\\u0070etals"])
def test_escapes_are_opened(wrapped):
    assert [each.text for each in decoded(wrapped)] == ["petals"]


@pytest.mark.parametrize("text", ["a red truck", "cherryblossoms", "1920x1080 and 24 fps"])
def test_plain_text_is_not_an_encoding(text):
    assert decoded(text) == []
