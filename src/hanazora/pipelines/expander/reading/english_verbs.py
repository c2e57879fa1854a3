"""Verbs of an English prompt and where they lead: who does what, which way, beside whom."""

from collections.abc import Callable, Mapping

from hanazora.pipelines.expander.reading.english_clause import Expected
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.reader import MODIFIERS, NOUNS, PASSING, TRAVEL
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world.vocabulary import TARGET_ACTIONS

_AIR_ACTIONS = frozenset({"fall", "rise", "float", "fly", "move", "spin", "run", "swim", "drive"})


def read_action(sentence: EnglishSentence, token: Token) -> None:
    """Read a verb: of the topic, of the camera, of the weather, or of a noun still to come."""
    clause, before, after = sentence.clause, sentence.word_before(), sentence.word_after()
    if token.value in _AIR_ACTIONS and _is_about_the_air(sentence, before):
        return
    films = token.value == "follow" and before is not None and before.is_a("camera", "follow")
    if films:  # "tracking shot following a bus"
        clause.camera = "follow"
        return
    if clause.camera is not None:
        sentence.film(clause, token)
        return
    noun_follows = after is not None and after.tag in NOUNS | MODIFIERS | {"extra"}
    before_noun = clause.noun_open and noun_follows
    if before_noun or not clause.topic or (clause.stopped and noun_follows):
        sentence.pending.append(token)
        return
    for index in clause.topic:
        sentence.act(index, token)
    clause.verb_said, clause.joined, clause.stopped = True, False, False
    _expect_target(sentence, token)


def _is_about_the_air(sentence: EnglishSentence, before: Token | None) -> bool:
    """Say whether the verb belongs to snow or leaves; blossoms that fall are petals."""
    token, after = sentence.tokens[sentence.place], sentence.peek()
    falling = after is not None and after.tag == "weather" and token.text.endswith("ing")
    if falling or (before is not None and before.tag == "weather"):
        return True
    blossoms = before is not None and before.tag == "setting" and "bloss" in before.text
    if before is not None and blossoms:
        sentence.draft.set_scene("weather", before, "petals")
    return blossoms


def _expect_target(sentence: EnglishSentence, token: Token) -> None:
    """After "follows" or "drives past" comes whom or what."""
    clause = sentence.clause
    if token.value in TARGET_ACTIONS:
        clause.expected = Expected(clause.topic[0], token)
    elif token.value in TRAVEL and token.text.endswith("past"):
        clause.expected = Expected(clause.topic[0], token, action="pass_front")


def _read_by(sentence: EnglishSentence, token: Token) -> None:
    clause, before = sentence.clause, sentence.word_before()
    if clause.topic and (clause.being or before is None or before.tag in NOUNS):
        clause.by = Token("action", token.value, token.text)
    else:
        read_action(sentence, Token("action", "move", token.text))


def _read_direction(sentence: EnglishSentence, token: Token) -> None:
    clause = sentence.clause
    circled = clause.filmed in ("circle", "spin") and not clause.verb_said
    if clause.camera is not None or circled:
        clause.camera = clause.camera or clause.filmed
        sentence.film(clause, token)
    elif not clause.topic or (clause.noun_open and sentence.noun_is_near()):
        sentence.pending.append(token)
    else:
        for index in clause.topic:
            sentence.draft.set_fact(index, "direction", token.value, token)


def _read_relation(sentence: EnglishSentence, token: Token) -> None:
    clause = sentence.clause
    if clause.last is None:
        return
    passing = PASSING.get(token.value)
    if passing is not None and sentence.draft.subjects[clause.last].action in TRAVEL:
        clause.expected = Expected(clause.last, token, action=passing)
    else:
        clause.expected = Expected(clause.last, token, relation=token)


def _read_together(sentence: EnglishSentence, token: Token) -> None:
    for index in sentence.clause.topic:
        if token.value == "walk":
            sentence.act(index, Token("action", "walk", token.text))


VERB_HANDLERS: Mapping[str, Callable[[EnglishSentence, Token], None]] = {
    "action": read_action,
    "by": _read_by,
    "direction": _read_direction,
    "relation": _read_relation,
    "together": _read_together,
}
"""What to do with a token, by its tag."""
