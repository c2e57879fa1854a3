import pytest

from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.english_small_words import read_small_word
from hanazora.pipelines.expander.reading.english_words import read_english
from hanazora.pipelines.expander.reading.tokens import Token


@pytest.mark.parametrize(
    ("word", "mark"),
    [("a", "noun_open"), ("the", "definite"), ("with", "companion"), ("in", "wearing"),
     ("be", "being"), ("and", "joined"), ("while", "stopped")],
)  # fmt: skip
def test_a_small_word_leaves_its_mark(word, mark):
    sentence = EnglishSentence([Token("word", word, word)])
    read_small_word(sentence, sentence.tokens[0])
    assert getattr(sentence.clause, mark) is True


def test_a_word_that_says_nothing_changes_nothing():
    sentence = EnglishSentence([Token("word", "glue", "of")])
    before = repr(sentence.clause)
    read_small_word(sentence, sentence.tokens[0])
    assert repr(sentence.clause) == before


def test_no_leaves_out_what_comes_next_and_what_follows_an_or():
    sentence = EnglishSentence(read_english("no dogs or red cars and a cat"))
    sentence.place = next(i for i, token in enumerate(sentence.tokens) if token.value == "not")
    read_small_word(sentence, sentence.tokens[sentence.place])
    assert sentence.draft.excluded == {("kind", "dog"), ("colour", "red")}
    assert sentence.tokens[sentence.place].tag == "kind"


def test_she_is_somebody_where_nobody_was_named():
    sentence = EnglishSentence([Token("word", "she", "she")])
    read_small_word(sentence, sentence.tokens[0])
    assert sentence.draft.subjects[0].kinds == ("woman",)


def test_a_cut_begins_a_shot_with_an_empty_clause():
    sentence = EnglishSentence([Token("word", "cut", "cut to")])
    sentence.clause.definite = True
    read_small_word(sentence, sentence.tokens[0])
    assert len(sentence.draft.scenes) == 2 and not sentence.clause.definite
