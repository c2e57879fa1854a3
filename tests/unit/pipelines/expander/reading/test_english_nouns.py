from hanazora.pipelines.expander.reading.english_nouns import NOUN_HANDLERS, read_kind
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.english_words import read_english


def read(prompt):
    """Read nouns and what stands before them, and nothing else."""
    sentence = EnglishSentence(read_english(prompt))
    for place, token in enumerate(sentence.tokens):
        sentence.place = place
        if token.tag in NOUN_HANDLERS:
            NOUN_HANDLERS[token.tag](sentence, token)
    return sentence


def test_adjectives_go_to_the_noun_behind_them():
    ball, box = read("a small red ball, a blue box").draft.subjects
    assert (ball.colour, ball.size, box.colour) == ("red", "small", "blue")


def test_people_in_twos_are_a_couple_and_nobody_is_an_empty_scene():
    assert len(read("two people").draft.subjects[0].kinds) < len(
        read("people").draft.subjects[0].kinds
    )
    assert ("people", "any") in read("nobody").draft.excluded
    assert read("nobody").draft.subjects == []


def test_a_blue_one_is_another_of_the_last():
    first, second = read("a red ball and a blue one").draft.subjects
    assert first.kinds == second.kinds == ("ball",)
    assert (first.colour, second.colour) == ("red", "blue")


def test_the_ball_again_is_no_second_ball():
    sentence = read("a ball")
    sentence.clause.definite = True
    read_kind(sentence, sentence.tokens[-1])
    assert len(sentence.draft.subjects) == 1 and sentence.clause.last == 0
