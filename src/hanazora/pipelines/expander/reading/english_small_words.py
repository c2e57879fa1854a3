"""Small words of an English prompt: articles, "and", "with", pronouns, "no", and where a shot ends.

They name nothing, but they say how the words around them belong together.
"""

from collections.abc import Callable, Mapping

from hanazora.pipelines.expander.reading.english_clause import EnglishClause, Expected
from hanazora.pipelines.expander.reading.english_nouns import read_kind
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.reader import MODIFIERS, NOUNS, TRAVEL
from hanazora.pipelines.expander.reading.tokens import COMMA, STOP, Token

_NEGATED = frozenset(
    {"kind", "people", "extra", "weather", "setting", "time", "style", "camera", "place"}
)
"""Tags of what a "no" can speak of."""


def read_small_word(sentence: EnglishSentence, token: Token) -> None:
    """Read a word that says how others belong together; most need nothing done."""
    handler = _WORDS.get(token.value)
    if handler is not None:
        handler(sentence, token)


def _article(sentence: EnglishSentence, token: Token) -> None:
    sentence.clause.noun_open = True
    sentence.clause.definite = token.value == "the"


def _and(sentence: EnglishSentence, token: Token) -> None:
    after = sentence.peek()
    if sentence.modifiers.tokens and after is not None and after.tag == "colour":
        return  # "a red and white ball"
    sentence.join()
    sentence.clause.stopped = token.value == "while"


def _with(sentence: EnglishSentence, token: Token) -> None:
    del token
    sentence.clause.companion = True


def _in(sentence: EnglishSentence, token: Token) -> None:
    del token
    sentence.clause.wearing = True


def _be(sentence: EnglishSentence, token: Token) -> None:
    del token
    sentence.clause.being = True


def _that(sentence: EnglishSentence, token: Token) -> None:
    del token
    clause = sentence.clause
    if clause.last is not None:
        clause.topic, clause.verb_said = [clause.last], False


def _past(sentence: EnglishSentence, token: Token) -> None:
    """Who "drives to the left past" something passes it."""
    clause = sentence.clause
    if clause.topic and sentence.draft.subjects[clause.topic[0]].action in TRAVEL:
        clause.expected = Expected(clause.topic[0], token, action="pass_front")


def _cut(sentence: EnglishSentence, token: Token) -> None:
    del token
    sentence.end_shot()
    sentence.draft.new_shot()
    sentence.clause = EnglishClause()


def _unshown(sentence: EnglishSentence, token: Token) -> None:
    """Drop the colour of what nobody can colour: "with red hair"."""
    sentence.draft.ignore(*sentence.modifiers.take(), token)


def _pronoun(sentence: EnglishSentence, token: Token) -> None:
    clause, subjects = sentence.clause, sentence.draft.subjects
    expected = clause.expected
    if expected is not None:
        others = [i for i in range(len(subjects)) if i != expected.subject]
        if others:
            sentence.fulfil(max((i for i in others if i < expected.subject), default=others[0]))
    elif not subjects and token.value in ("he", "she"):
        kind = {"he": "man", "she": "woman"}[token.value]
        read_kind(sentence, Token("kind", kind, token.text))
    elif clause.joined or clause.stopped or clause.camera is not None:
        clause.verb_said = clause.joined = clause.stopped = False
        clause.camera = None


def _not(sentence: EnglishSentence, token: Token) -> None:
    """Leave out what comes next: "no rain", "no people, cars or dogs"."""
    del token
    while (found := _negated_place(sentence)) is not None:
        passed, sentence.place = sentence.tokens[sentence.place + 1 : found], found
        colours = [word for word in passed if word.tag == "colour"]
        for noun in colours or [sentence.tokens[found]]:
            sentence.draft.exclude(noun)
        sentence.modifiers.tokens, sentence.clause.noun_open = [], False
        if not _list_goes_on(sentence):
            break
        sentence.place += 1


def _list_goes_on(sentence: EnglishSentence) -> bool:
    """Say whether more is left out than the noun just read: bare nouns up to an "or" or "and"."""
    place = sentence.place
    for number, token in enumerate(sentence.tokens[place + 1 :], start=place + 1):
        if token.is_a("word", "or"):
            return True
        if token.is_a("word", "and"):
            last, after = sentence.tokens[number + 1 : number + 3], sentence.tokens[place]
            acts = len(last) > 1 and last[1].tag == "action"
            return bool(last) and {last[0].tag, after.tag} <= NOUNS and not acts
        if token.tag not in _NEGATED | MODIFIERS | {COMMA}:
            return False
    return False


def _negated_place(sentence: EnglishSentence) -> int | None:
    """Return where the noun stands that a "no" at the place of the reader speaks of."""
    start = sentence.place + 1
    for place, token in enumerate(sentence.tokens[start : start + 6], start=start):
        if token.tag in _NEGATED:
            return place
        if token.tag in (STOP, COMMA, "direction", "relation") or token.is_a("word", "and"):
            return None
    return None


_WORDS: Mapping[str, Callable[[EnglishSentence, Token], None]] = {
    "not": _not,
    "a": _article,
    "the": _article,
    "and": _and,
    "while": _and,
    "with": _with,
    "in": _in,
    "be": _be,
    "that": _that,
    "it": _pronoun,
    "he": _pronoun,
    "she": _pronoun,
    "they": _pronoun,
    "past": _past,
    "cut": _cut,
    "unshown": _unshown,
}
