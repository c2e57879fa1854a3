from hanazora.pipelines.expander.reading.english_clause import Expected
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.tokens import Token

RED, BALL, BOX = (
    Token("colour", "red", "red"),
    Token("kind", "ball", "ball"),
    Token("kind", "box", "box"),
)
THE, GLUE = Token("word", "the", "the"), Token("word", "glue", "of")


def sentence(*tokens, place=0):
    found = EnglishSentence(tokens)
    found.place = place
    return found


def test_articles_are_passed_over():
    assert sentence(RED, THE, BALL).word_after() is BALL
    assert sentence(RED, THE, BALL, place=2).word_before() is RED
    assert sentence(THE).word_after() is None and sentence(THE).word_before() is None


def test_a_noun_is_near_behind_its_adjectives_only():
    assert sentence(THE, RED, GLUE, BALL).noun_is_near()
    assert not sentence(THE, RED, Token("action", "run", "runs"), BALL).noun_is_near()
    assert sentence(RED, BALL).noun_follows() and not sentence(THE, RED, BALL).noun_follows()


def test_adjectives_of_no_noun_are_reported():
    lone = sentence(RED)
    lone.modifiers.tokens, lone.clause.noun_open = [RED], True
    lone.ignore_modifiers()
    assert lone.draft.ignored == ["red"] and not lone.clause.noun_open
    waiting = sentence(RED, BALL)
    waiting.modifiers.tokens = [RED]
    waiting.ignore_modifiers()
    assert waiting.draft.ignored == [] and waiting.modifiers.tokens == [RED]


def test_what_waits_for_a_noun_gets_it():
    found = sentence()
    ball, box = (found.draft.add_subject((t.value,), t, []) for t in (BALL, BOX))
    found.clause.expected = Expected(ball, Token("action", "collide", "hits"))
    found.fulfil(box)
    assert found.draft.subjects[ball].target == box and found.clause.expected is None


def test_an_adjective_behind_is_belongs_to_the_topic():
    found = sentence()
    ball = found.draft.add_subject(("ball",), BALL, [])
    found.clause.topic, found.clause.being, found.modifiers.tokens = [ball], True, [RED]
    found.join()
    assert found.draft.subjects[ball].colour == "red" and found.clause.joined
