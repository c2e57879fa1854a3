from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.english_verbs import VERB_HANDLERS, read_action
from hanazora.pipelines.expander.reading.tokens import Token

BALL, BOX = Token("kind", "ball", "ball"), Token("kind", "box", "box")


def about(*tokens):
    """A sentence whose topic is a ball, at its first token."""
    sentence = EnglishSentence(tokens)
    sentence.draft.add_subject(("ball",), BALL, [])
    sentence.clause.topic, sentence.clause.last = [0], 0
    return sentence


def test_a_verb_belongs_to_the_topic():
    run = Token("action", "roll", "rolls")
    sentence = about(run)
    read_action(sentence, run)
    assert sentence.draft.subjects[0].action == "roll" and sentence.clause.verb_said


def test_a_verb_without_a_topic_waits_for_its_noun():
    run = Token("action", "run", "running")
    sentence = EnglishSentence([run, Token("kind", "dog", "dog")])
    read_action(sentence, run)
    assert sentence.pending == [run]


def test_what_is_followed_or_passed_is_waited_for():
    follow, drive = Token("action", "follow", "follows"), Token("action", "drive", "drive past")
    sentence = about(follow)
    read_action(sentence, follow)
    assert sentence.clause.expected.source is follow
    sentence = about(drive)
    read_action(sentence, drive)
    assert sentence.clause.expected.action == "pass_front"


def test_what_a_tracking_shot_follows_is_filmed():
    camera, follow = Token("camera", "follow", "chase cam"), Token("action", "follow", "following")
    sentence = EnglishSentence([camera, follow])
    sentence.place = 1
    read_action(sentence, follow)
    assert sentence.clause.camera == "follow" and sentence.pending == []


def test_falling_snow_is_weather_and_does_nothing():
    falling, snow = Token("action", "fall", "falling"), Token("weather", "snow", "snow")
    sentence = about(falling, snow)
    read_action(sentence, falling)
    assert sentence.draft.subjects[0].action is None


def test_directions_and_relations():
    left, beside = Token("direction", "left", "left"), Token("relation", "next_to", "next to")
    sentence = about(left, beside)
    VERB_HANDLERS["direction"](sentence, left)
    VERB_HANDLERS["relation"](sentence, beside)
    assert sentence.draft.subjects[0].direction == "left"
    assert sentence.clause.expected.relation is beside
