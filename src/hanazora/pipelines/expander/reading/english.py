"""From English tokens to a draft: who does what, in which colour, beside whom.

One pass from left to right with a little state, as free as people write: fragments, lists, clauses
with the verb before or after its noun. What no rule can place is reported as ignored.
"""

from collections.abc import Callable, Mapping, Sequence

from hanazora.pipelines.expander.reading.draft import Draft
from hanazora.pipelines.expander.reading.english_clause import EnglishClause
from hanazora.pipelines.expander.reading.english_nouns import NOUN_HANDLERS
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.english_small_words import read_small_word
from hanazora.pipelines.expander.reading.english_verbs import VERB_HANDLERS, read_action
from hanazora.pipelines.expander.reading.english_words import read_english
from hanazora.pipelines.expander.reading.tokens import COMMA, SCENE_TAGS, STOP, Token


def understand_english(prompt: str) -> Draft:
    """Read a prompt in English."""
    return understand_tokens(read_english(prompt))


def understand_tokens(tokens: Sequence[Token]) -> Draft:
    """Return what the tokens of a prompt ask for."""
    sentence = EnglishSentence(tokens)
    while sentence.place < len(sentence.tokens):
        token = sentence.tokens[sentence.place]
        _HANDLERS.get(token.tag, _read_unknown)(sentence, token)
        sentence.place += 1
    sentence.end_shot()
    sentence.draft.name_the_couple()
    return sentence.draft


def _read_scene(sentence: EnglishSentence, token: Token) -> None:
    """Read what the whole picture is like: setting, weather, time, style, camera."""
    before = sentence.word_before()
    if token.is_a("weather", "leaves") and token.text == "leaves" and before is not None:
        noun = before.tag in ("kind", "clothes", "extra") and not before.plural
        if noun and not sentence.clause.verb_said:
            read_action(sentence, Token("action", "leave", token.text))
            return
    if token.tag not in ("style", "camera"):
        _end_phrase_at_place(sentence)
    sentence.draft.set_scene(SCENE_TAGS[token.tag], token)
    if token.tag == "camera" and "camera" in token.text.split():
        sentence.clause.camera = "follow" if token.value == "follow" else ""


def _read_place(sentence: EnglishSentence, token: Token) -> None:
    _end_phrase_at_place(sentence)
    sentence.draft.add_place(token)


def _end_phrase_at_place(sentence: EnglishSentence) -> None:
    """Words before "park" are no subject's, and nobody waits for a noun any more."""
    sentence.ignore_modifiers()
    sentence.clause.expected = None
    sentence.clause.wearing = False


def _read_camera_word(sentence: EnglishSentence, token: Token) -> None:
    sentence.end_phrase()
    if token.value == "unshown":  # "from above" is no camera of the world
        sentence.draft.ignore(token)
        if sentence.clause.topic:
            return
    sentence.clause.camera = ""


def _read_pause(sentence: EnglishSentence, token: Token) -> None:
    sentence.join()
    if token.tag == STOP:
        topic, last = sentence.clause.topic, sentence.clause.last
        sentence.clause = EnglishClause(topic=topic, last=last, stopped=True)


def _read_unknown(sentence: EnglishSentence, token: Token) -> None:
    clause, draft = sentence.clause, sentence.draft
    draft.ignore(token)
    sentence.ignore_modifiers()
    if token.text.endswith("ing") and clause.topic and not clause.noun_open:
        for index in clause.topic:
            draft.subjects[index].busy = True
        clause.verb_said = True


_HANDLERS: Mapping[str, Callable[[EnglishSentence, Token], None]] = {
    **NOUN_HANDLERS,
    **VERB_HANDLERS,
    **dict.fromkeys(SCENE_TAGS, _read_scene),
    "place": _read_place,
    "camera_word": _read_camera_word,
    "word": read_small_word,
    STOP: _read_pause,
    COMMA: _read_pause,
}
