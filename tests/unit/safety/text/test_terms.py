import pytest

from hanazora.safety.text.folding import fold
from hanazora.safety.text.terms import HARMLESS, TermSets, tokenize


def groups(sets, text):
    hits = TermSets(sets).find(tokenize(fold(text).text))
    return [group for hit in hits for group in hit.groups]


def test_a_term_is_a_whole_word():
    assert groups({"a": ["red"]}, "a red truck") == ["a"]
    assert groups({"a": ["red"]}, "a redder reddish hundred") == []


def test_a_plus_stands_for_the_endings():
    words = "drop drops dropped dropping dropper carry carries carried make making makes"
    sets = {"a": ["drop+", "carry+", "make+"]}
    assert len(groups(sets, words)) == len(words.split())


def test_a_star_stands_for_every_ending():
    assert groups({"a": ["petal*"]}, "petal petalled petals petunia") == ["a"] * 3


def test_a_term_of_several_words_is_found_across_signs():
    assert groups({"a": ["paper boat+"]}, "two paper-boats") == ["a"]


def test_words_without_spaces_are_found_anywhere():
    assert groups({"a": ["\u6a31"]}, "\u7ea2\u8272\u7684\u6a31\u82b1") == ["a"]


def test_nothing_is_found_inside_a_harmless_phrase():
    sets = {"a": ["whale", "whale hunt"], HARMLESS: ["killer whale+"]}
    assert groups(sets, "a killer whale") == []
    assert groups(sets, "a killer whale and a whale") == ["a"]
    assert groups(sets, "a killer whale hunt") == ["a"]


def test_a_set_may_take_in_another():
    assert groups({"a": ["red"], "b": ["@a", "blue"]}, "red blue") == ["a", "b", "b"]


@pytest.mark.parametrize("sets", [{"a": ["@a"]}, {"a": ["@b"]}, {"a": ["!?"]}])
def test_a_mistake_in_the_sets_is_named(sets):
    with pytest.raises(ValueError, match="set|term"):
        TermSets(sets)


def test_sentences_are_counted_and_possessives_cut():
    tokens = tokenize("a cat's paw. it moves!")
    assert tokens.texts == ["a", "cat", "paw", "it", "moves"]
    assert tokens.sentences == [0, 0, 0, 1, 1]
    assert list(zip(tokens.starts, tokens.ends, strict=True))[2:] == [(8, 11), (13, 15), (16, 21)]
