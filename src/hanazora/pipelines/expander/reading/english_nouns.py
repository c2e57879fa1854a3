"""Nouns of an English prompt, and the words before them: who there is, and what they are like."""

from collections.abc import Callable, Mapping

from hanazora.pipelines.expander.reading.draft import COUPLE
from hanazora.pipelines.expander.reading.english_sentence import EnglishSentence
from hanazora.pipelines.expander.reading.reader import MODIFIERS, NOUNS
from hanazora.pipelines.expander.reading.tokens import Token
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import PEOPLE


def read_kind(sentence: EnglishSentence, token: Token) -> None:
    """Read a noun: a new subject, or one that was named before."""
    clause, draft = sentence.clause, sentence.draft
    kinds = tuple(token.value.split("|"))
    number = sentence.modifiers.first("number")
    if kinds == ("woman", "man") and number is not None and number.value == "2":
        kinds = COUPLE
    index = _mentioned(sentence, kinds)
    before = sentence.peek(-1)
    if before is not None and before.is_a("kind", token.value) and clause.last is not None:
        index = clause.last  # "golden retriever puppies" are one noun
        draft.subjects[index].many |= token.plural
    if index is None and clause.verb_said and sentence.rides(clause, kinds):
        index = sentence.replace_rider(clause, token, sentence.modifiers.take())
    if index is None:
        index = draft.add_subject(kinds, token, sentence.modifiers.take())
    sentence.modifiers.tokens = []
    _find_role(sentence, index)
    _fly_a_kite(sentence, index)
    clause.noun_open = clause.definite = clause.joined = clause.stopped = False
    clause.companion = clause.wearing = clause.being = False
    clause.last = index


def _read_people(sentence: EnglishSentence, token: Token) -> None:
    draft, modifiers = sentence.draft, sentence.modifiers
    if token.value == "none":
        draft.excluded.add(("people", "any"))
        draft.sources[CLIP, "without any"] = token
        return
    number = modifiers.first("number")
    two = number is not None and number.value == "2"
    kinds = "couple" if two or token.value == "couple" else "|".join(PEOPLE)
    if token.value == "couple":
        modifiers.tokens = [t for t in modifiers.tokens if t.tag != "number"]
    plural = kinds != "couple"
    read_kind(sentence, Token("kind", kinds, token.text, plural, token.origin))


def _mentioned(sentence: EnglishSentence, kinds: tuple[str, ...]) -> int | None:
    """Return the subject that "the dog" speaks of again."""
    if not sentence.clause.definite:
        return None
    colour, draft = sentence.modifiers.first("colour"), sentence.draft
    for index in reversed(range(len(draft.subjects))):
        subject = draft.subjects[index]
        other_colour = colour is not None and subject.colour not in (None, colour.value)
        if subject.kinds == kinds and subject.shot == draft.shot and not other_colour:
            return index
    return None


def _find_role(sentence: EnglishSentence, index: int) -> None:
    """Find out what the noun does in its clause."""
    clause, draft = sentence.clause, sentence.draft
    if clause.by is not None and clause.topic:
        sentence.act(index, clause.by)
        draft.subjects[index].target = clause.topic[0]
        draft.sources[index, "target"] = clause.by
        clause.by = None
    elif clause.expected is not None and clause.expected.subject != index:
        sentence.fulfil(index)
    elif clause.camera is not None or clause.stopped:
        clause.filmed = clause.camera or ""
        clause.topic, clause.verb_said, clause.camera = [index], False, None
    elif clause.topic and clause.joined and not clause.verb_said and not clause.companion:
        clause.topic.append(index)
    elif not clause.topic or (clause.joined and not clause.companion):
        clause.topic, clause.verb_said = [index], False
    sentence.give_pending(index)


def _fly_a_kite(sentence: EnglishSentence, index: int) -> None:
    """Who flies a kite stands on the ground; the kite flies."""
    draft, topic = sentence.draft, sentence.clause.topic
    kite = draft.subjects[index]
    if kite.kinds != ("kite",) or index in topic or not sentence.clause.verb_said:
        return
    holder = draft.subjects[topic[0]]
    if holder.is_person and holder.action == "fly":
        holder.action, holder.busy, kite.action = None, True, "fly"
        draft.sources[index, "action"] = draft.sources.pop((topic[0], "action"))


def _read_modifier(sentence: EnglishSentence, token: Token) -> None:
    clause, modifiers = sentence.clause, sentence.modifiers
    after = sentence.peek()
    if token.tag == "number" and token.value == "1" and modifiers.first("colour"):
        _another_of_the_last(sentence)
        return
    modifiers.tokens.append(token)
    clause.noun_open = True
    worn = clause.wearing and token.tag == "colour" and clause.last is not None
    if worn and (after is None or after.tag not in NOUNS | MODIFIERS | {"clothes", "extra"}):
        _wear(sentence, modifiers.take())
        clause.noun_open = False


def _another_of_the_last(sentence: EnglishSentence) -> None:
    """Take the noun before for "a blue one"."""
    nouns = [token for token in sentence.tokens[: sentence.place] if token.tag == "kind"]
    if nouns:
        read_kind(sentence, nouns[-1])


def _read_clothes(sentence: EnglishSentence, token: Token) -> None:
    del token
    _wear(sentence, sentence.modifiers.take())
    sentence.clause.noun_open = sentence.noun_is_near()


def _wear(sentence: EnglishSentence, tokens: list[Token]) -> None:
    """The colour of what a person wears is the person's colour; anything else is lost."""
    last, draft = sentence.clause.last, sentence.draft
    for token in tokens:
        if token.tag != "colour":
            continue
        if last is not None and draft.subjects[last].is_person and not sentence.noun_follows():
            draft.set_fact(last, "colour", token.value, token)
        else:
            sentence.pending.append(Token("clothes", token.value, token.text))


def _read_extra(sentence: EnglishSentence, token: Token) -> None:
    last, draft = sentence.clause.last, sentence.draft
    draft.ignore(*sentence.modifiers.take())
    if last is not None and draft.subjects[last].is_person and not sentence.noun_follows():
        draft.set_fact(last, "extra", token.value, token)
    else:
        sentence.pending.append(token)
    sentence.clause.noun_open = sentence.noun_follows()


NOUN_HANDLERS: Mapping[str, Callable[[EnglishSentence, Token], None]] = {
    "kind": read_kind,
    "people": _read_people,
    "clothes": _read_clothes,
    "extra": _read_extra,
    **dict.fromkeys(MODIFIERS, _read_modifier),
}
"""What to do with a token, by its tag."""
