"""From Chinese and Japanese tokens to a draft.

Both languages put everything that describes a noun before it, and name a place by a noun and a word
behind it ("box, top"). Chinese verbs stand before their object, Japanese ones end the clause, and
are told apart from describing ones by their form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hanazora.pipelines.expander.reading.draft import COUPLE, Draft
from hanazora.pipelines.expander.reading.han_words import HanToken, read_han
from hanazora.pipelines.expander.reading.reader import (
    MODIFIERS,
    NOUNS,
    PASSING,
    TRAVEL,
    Clause,
    Reader,
)
from hanazora.pipelines.expander.reading.tokens import COMMA, SCENE_TAGS, STOP, UNKNOWN
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import TARGET_ACTIONS

_PERSONS = "\u4eba"
"""The measure word of people in both languages: a number with it needs no noun."""
_NEGATED = NOUNS | {"extra", *SCENE_TAGS}
"""Tags of what a "without" can speak of."""
_LIST_COMMA = "\u3001"
"""The comma between things of a list, not between clauses."""
_SIDES = {"left": "left_of", "right": "right_of"}
_AIR_ACTIONS = frozenset({"fall", "rise", "float", "fly", "move", "stand", "spin"})


@dataclass(slots=True)
class _Clause(Clause):
    """Where in a Chinese or Japanese clause the reader stands."""

    waiting: tuple[int, HanToken] | None = None
    """A subject whose verb waits for its object."""
    beside: tuple[int, HanToken] | None = None
    """A noun and the place word behind it: "box, top"."""


class HanReader(Reader[HanToken]):
    """Reads one prompt; use `read`."""

    def __init__(self, tokens: list[HanToken], language: str) -> None:
        super().__init__(tokens)
        self.language = language
        self.clause = _Clause()
        self.modifiers: list[HanToken] = []
        self.negative = False
        """Chinese: a "without" was read and its noun not yet."""

    def read(self) -> Draft:
        """Return what the prompt asks for."""
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if not self._negated(token):
                _HANDLERS.get(token.tag, HanReader._unknown)(self, token)
            self.place += 1
        self._end_clause()
        self.give_pending(self.clause.last)
        self.draft.name_the_couple()
        return self.draft

    def _next(self, *skipped: str) -> HanToken | None:
        """Return the next token, passing over small words of these values."""
        for token in self.tokens[self.place + 1 :]:
            if not (token.tag == "word" and token.value in skipped):
                return token
        return None

    def _negated(self, token: HanToken) -> bool:
        """Leave out a noun with a "without" before it (Chinese) or behind it (Japanese)."""
        if token.tag not in _NEGATED or token.value == "none":
            return False
        if not (self.negative or (self.language == "ja" and self._not_follows())):
            return False
        people = token.tag == "people" or token.value == "woman|man"
        self.draft.exclude(HanToken("people", "any", token.text) if people else token)
        after, noun = self.peek(), self.peek(2)
        listed = after is not None and (after.is_a("word", "and") or after.text == _LIST_COMMA)
        self.negative = self.negative and listed and noun is not None and noun.tag in _NEGATED
        self.modifiers = []
        return True

    def _not_follows(self) -> bool:
        """Say whether a Japanese "without" stands behind a noun, or behind a list of them."""
        listed = False
        for token in self.tokens[self.place + 1 :]:
            if token.is_a("word", "not"):
                return True
            small = token.tag == "word" and token.value in ("of", "subject", "glue", "and")
            if not small and not (listed and token.tag in _NEGATED):
                return False
            listed = token.is_a("word", "and")
        return False

    # Nouns

    def _kind(self, token: HanToken) -> None:
        clause = self.clause
        kinds = tuple(token.value.split("|"))
        number = next((word.value for word in self.modifiers if word.tag == "number"), None)
        if kinds == ("woman", "man") and number == "2":
            kinds = COUPLE
        if self.rides(clause, kinds):
            self.replace_rider(clause, token, self._take_modifiers())
            return
        index = self.draft.add_subject(kinds, token, self._take_modifiers())
        behind = self._next("of")
        side = behind is not None and behind.is_a("direction") and behind is not self.peek()
        if behind is not None and (behind.tag == "relation" or side):
            self._stand_beside(index, behind)
        elif clause.waiting is not None:
            self._fulfil(index)
        else:
            self._place_noun(index)
        clause.last = index

    def _people(self, token: HanToken) -> None:
        if token.value == "none":
            self.draft.excluded.add(("people", "any"))
            self.draft.sources[CLIP, "without any"] = token
            return
        number = next((word.value for word in self.modifiers if word.tag == "number"), None)
        couple = token.value == "couple" or number == "2"
        if couple:
            self.modifiers = [word for word in self.modifiers if word.tag != "number"]
        kinds = "couple" if couple else "woman|man|child"
        self._kind(HanToken("kind", kinds, token.text, plural=not couple))

    def _take_modifiers(self) -> list[HanToken]:
        taken, self.modifiers = self.modifiers, []
        return taken

    def _stand_beside(self, index: int, where: HanToken) -> None:
        """Remember "box, top" until the noun or the verb that it belongs to."""
        self.place = self.tokens.index(where, self.place)
        if where.tag == "direction":  # "at the left of" in Japanese, "to the left" elsewhere
            where = HanToken("relation", _SIDES.get(where.value, "next_to"), where.text)
        self.clause.beside = index, where

    def _fulfil(self, index: int) -> None:
        assert self.clause.waiting is not None
        subject, source = self.clause.waiting
        self.draft.subjects[subject].target = index
        self.draft.sources[subject, "target"] = source
        self.clause.waiting = None

    def _place_noun(self, index: int) -> None:
        clause = self.clause
        particle = self._next()
        marked = particle is not None and particle.is_a("word", "subject")
        if clause.beside is not None and not clause.topic:
            self._relate(index, *clause.beside)
            clause.beside = None
        if clause.camera is None:
            if clause.topic and clause.joined and not clause.verb_said:
                clause.topic.append(index)
            elif not clause.topic or clause.joined or marked:
                clause.topic, clause.verb_said = [index], False
        clause.joined = False
        self.give_pending(index)

    def _relate(self, index: int, other: int, relation: HanToken) -> None:
        self.draft.subjects[index].relation = (relation.value, other)
        self.draft.sources[index, "relation"] = relation

    # Verbs

    def _action(self, token: HanToken) -> None:
        clause = self.clause
        before = self.tokens[self.place - 1] if self.place else None
        if before is not None and before.is_a("word"):
            before = self.tokens[self.place - 2] if self.place > 1 else None
        in_air = before is not None and before.tag == "weather"
        if in_air and token.value in _AIR_ACTIONS and not clause.topic:
            return
        if self._describes(token):
            self.pending.append(token)
            return
        if clause.camera is not None:
            self.film(clause, token)
            return
        if not clause.topic:
            self.pending.append(token)
            return
        for index in clause.topic:
            self.act(index, token)
        clause.verb_said = True
        self._reach(token)

    def _describes(self, token: HanToken) -> bool:
        """Say whether the verb stands before the noun it is about."""
        clause = self.clause
        if self.language == "zh":
            return self._of_follows() and (not clause.topic or clause.joined or clause.verb_said
                                           or clause.camera is not None)  # fmt: skip
        after = self._next()
        noun_follows = after is not None and after.tag in NOUNS | MODIFIERS
        waits = clause.topic and not clause.verb_said and clause.camera is None
        return token.before_noun and noun_follows and not waits

    def _of_follows(self) -> bool:
        """Say whether the Chinese particle that ends a description comes before any noun."""
        for token in self.tokens[self.place + 1 : self.place + 6]:
            if token.is_a("word", "of"):
                return True
            small = token.is_a("word", "glue")
            if not small and token.tag not in ("direction", "action", "extra", "clothes"):
                return False
        return False

    def _reach(self, token: HanToken) -> None:
        """Find the object of a verb: read already (Japanese), or still to come (Chinese)."""
        clause = self.clause
        subject = clause.topic[0]
        drafted = self.draft.subjects[subject]
        if clause.beside is not None and token.value in TRAVEL:
            other, relation = clause.beside
            passing = PASSING.get(relation.value)
            if passing is not None:
                drafted.action, drafted.target = passing, other
                self.draft.sources[subject, "target"] = relation
                clause.beside = None
        elif token.value in TARGET_ACTIONS:
            if clause.last is not None and clause.last != subject and self.language == "ja":
                drafted.target = clause.last
                self.draft.sources[subject, "target"] = token
            else:
                clause.waiting = subject, token

    def _direction(self, token: HanToken) -> None:
        clause = self.clause
        if clause.camera is not None:
            self.film(clause, token)
        elif not clause.topic or (self.language == "zh" and clause.joined):
            self.pending.append(token)
        else:
            for index in clause.topic:
                self.draft.set_fact(index, "direction", token.value, token)

    def _camera_word(self, token: HanToken) -> None:
        del token
        self.clause = _Clause(camera="", last=self.clause.last)

    # What nouns have

    def _modifier(self, token: HanToken) -> None:
        last = self.clause.last
        if token.tag == "number" and not self._noun_follows():
            if token.text.endswith(_PERSONS) and (
                last is None or not self.draft.subjects[last].is_person
            ):
                self.modifiers.append(token)
                self._people(HanToken("people", "any", token.text))
            elif last is not None:
                self.draft.modify(last, token)
            return
        self.modifiers.append(token)

    def _noun_follows(self) -> bool:
        """Say whether a noun comes before the clause ends, behind descriptions only."""
        for token in self.tokens[self.place + 1 : self.place + 10]:
            if token.tag in NOUNS:
                return True
            word = token.tag == "word" and token.value in ("of", "glue")
            described = token.tag in MODIFIERS | {"extra", "clothes", "action", "direction"}
            if not (word or described or token.tag in (UNKNOWN, "style")):
                return False
        return False

    def _person(self) -> int | None:
        """Return the person of the clause, if what is worn next belongs to them."""
        clause = self.clause
        if not clause.topic or clause.joined:
            return None
        if clause.verb_said and self.language == "zh" and self._of_follows():
            return None
        person = clause.topic[-1]
        return person if self.draft.subjects[person].is_person else None

    def _clothes(self, token: HanToken) -> None:
        del token
        person = self._person()
        for word in self._take_modifiers():
            if word.tag == "colour" and person is not None:
                self.draft.set_fact(person, "colour", word.value, word)
            elif word.tag == "colour":
                self.pending.append(HanToken("clothes", word.value, word.text))
            elif word.tag == "number" and person is None:
                self.modifiers.append(word)

    def _extra(self, token: HanToken) -> None:
        person = self._person()
        kept = [word for word in self.modifiers if word.tag == "number" and person is None]
        self.draft.ignore(*(word for word in self.modifiers if word not in kept))
        self.modifiers = kept
        if person is not None:
            self.draft.set_fact(person, "extra", token.value, token)
        else:
            self.pending.append(token)

    def _relation(self, token: HanToken) -> None:
        """A place word without a noun of its own says nothing."""

    # The picture and small words

    def _scene(self, token: HanToken) -> None:
        if token.tag not in ("style", "camera"):
            self.modifiers = [word for word in self.modifiers if self._noun_follows()]
        self.draft.set_scene(SCENE_TAGS[token.tag], token)

    def _place_word(self, token: HanToken) -> None:
        self.modifiers = []
        self.draft.add_place(token)

    def _word(self, token: HanToken) -> None:
        clause = self.clause
        if token.value == "and":
            clause.joined = True
        elif token.value == "not":
            self.negative = self.language == "zh"
        elif token.value == "cut":
            self._end_clause()
            self.draft.new_shot()
            self.clause = _Clause()
        elif token.value == "together":
            for index in clause.topic:
                subject = self.draft.subjects[index]
                subject.action = subject.action or None

    def _pause(self, token: HanToken) -> None:
        clause = self.clause
        if token.tag == COMMA and clause.camera is None and not clause.verb_said:
            clause.joined = True
            self._settle_beside()
            return
        self._end_clause()
        kept = [] if clause.camera is not None else clause.topic
        self.clause = _Clause(kept, clause.last, verb_said=clause.verb_said, joined=True)

    def _settle_beside(self) -> None:
        clause = self.clause
        if clause.beside is not None and clause.topic:
            self._relate(clause.topic[0], *clause.beside)
            clause.beside = None

    def _end_clause(self) -> None:
        self._settle_beside()
        self.draft.ignore(*self._take_modifiers())
        self.negative = False

    def _unknown(self, token: HanToken) -> None:
        self.draft.ignore(token)
        self.negative = False
        if not self._noun_follows():
            self.draft.ignore(*self._take_modifiers())


_HANDLERS: Mapping[str, Callable[[HanReader, HanToken], None]] = {
    "kind": HanReader._kind,
    "people": HanReader._people,
    "action": HanReader._action,
    "direction": HanReader._direction,
    "relation": HanReader._relation,
    "clothes": HanReader._clothes,
    "extra": HanReader._extra,
    "camera_word": HanReader._camera_word,
    "place": HanReader._place_word,
    "word": HanReader._word,
    STOP: HanReader._pause,
    COMMA: HanReader._pause,
    **dict.fromkeys(SCENE_TAGS, HanReader._scene),
    **dict.fromkeys(MODIFIERS, HanReader._modifier),
}


def understand_han(prompt: str, language: str) -> Draft:
    """Read a prompt in Chinese ("zh") or Japanese ("ja")."""
    return HanReader(read_han(prompt, language), language).read()
