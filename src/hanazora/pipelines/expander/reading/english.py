"""From English tokens to a draft: who does what, in which colour, beside whom.

One pass from left to right with a little state, as free as people write: fragments, lists, clauses
with the verb before or after its noun. What no rule can place is reported as ignored.
"""

from collections.abc import Callable, Mapping

from hanazora.pipelines.expander.reading.draft import COUPLE, Draft, Modifiers
from hanazora.pipelines.expander.reading.english_clause import EnglishClause, Expected
from hanazora.pipelines.expander.reading.english_words import read_english
from hanazora.pipelines.expander.reading.reader import (
    MODIFIERS,
    NOUNS,
    PASSING,
    TRAVEL,
    Reader,
)
from hanazora.pipelines.expander.reading.tokens import COMMA, SCENE_TAGS, STOP, UNKNOWN, Token
from hanazora.world.speech.noun_phrases import CLIP
from hanazora.world.vocabulary import PEOPLE, TARGET_ACTIONS

_AIR_ACTIONS = frozenset({"fall", "rise", "float", "fly", "move", "spin", "run", "swim", "drive"})
_SILENT = frozenset({"glue", "a", "the", "with", "in", "that", "be", "or"})


class EnglishReader(Reader[Token]):
    """Reads one prompt; use `read`."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.clause = EnglishClause()
        self.modifiers = Modifiers()

    def read(self) -> Draft:
        """Return what the prompt asks for."""
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            handler = _HANDLERS.get(token.tag, EnglishReader._unknown)
            handler(self, token)
            self.place += 1
        self._end_phrase()
        self.give_pending(self.clause.last)
        self.draft.name_the_couple()
        return self.draft

    def _next(self, offset: int = 1) -> Token | None:
        """Return the next token that is not a mere article or preposition."""
        place = self.place + offset
        while place < len(self.tokens):
            token = self.tokens[place]
            if not (token.tag == "word" and token.value in _SILENT):
                return token
            place += 1
        return None

    def _before(self) -> Token | None:
        for token in reversed(self.tokens[: self.place]):
            if not (token.tag == "word" and token.value in _SILENT):
                return token
        return None

    # Nouns

    def _kind(self, token: Token) -> None:
        clause = self.clause
        kinds = tuple(token.value.split("|"))
        number = self.modifiers.first("number")
        if kinds == ("woman", "man") and number is not None and number.value == "2":
            kinds = COUPLE
        index = self._mentioned(kinds)
        before = self.peek(-1)
        if before is not None and before.is_a("kind", token.value) and clause.last is not None:
            index = clause.last  # "golden retriever puppies" are one noun
            self.draft.subjects[index].many |= token.plural
        if index is None and clause.verb_said and self.rides(clause, kinds):
            index = self.replace_rider(clause, token, self.modifiers.take())
        if index is None:
            index = self.draft.add_subject(kinds, token, self.modifiers.take())
        self.modifiers.tokens = []
        self._place_noun(index)
        self._fly_a_kite(index)
        clause.noun_open = clause.definite = clause.joined = clause.stopped = False
        clause.companion = clause.wearing = clause.being = False
        clause.last = index

    def _people(self, token: Token) -> None:
        if token.value == "none":
            self.draft.excluded.add(("people", "any"))
            self.draft.empty = True
            self.draft.sources[CLIP, "without people"] = token
            return
        number = self.modifiers.first("number")
        two = number is not None and number.value == "2"
        kinds = "couple" if two or token.value == "couple" else "|".join(PEOPLE)
        if token.value == "couple":
            self.modifiers.tokens = [t for t in self.modifiers.tokens if t.tag != "number"]
        plural = kinds != "couple"
        self._kind(Token("kind", kinds, token.text, plural, token.origin))

    def _mentioned(self, kinds: tuple[str, ...]) -> int | None:
        """Return the subject that "the dog" speaks of again."""
        if not self.clause.definite:
            return None
        colour = self.modifiers.first("colour")
        for index in reversed(range(len(self.draft.subjects))):
            subject = self.draft.subjects[index]
            other_colour = colour is not None and subject.colour not in (None, colour.value)
            if subject.kinds == kinds and subject.shot == self.draft.shot and not other_colour:
                return index
        return None

    def _fly_a_kite(self, index: int) -> None:
        """Who flies a kite stands on the ground; the kite flies."""
        kite, topic = self.draft.subjects[index], self.clause.topic
        if kite.kinds != ("kite",) or index in topic or not self.clause.verb_said:
            return
        holder = self.draft.subjects[topic[0]]
        if holder.is_person and holder.action == "fly":
            holder.action, kite.action = None, "fly"
            self.draft.sources[index, "action"] = self.draft.sources.pop((topic[0], "action"))

    def _place_noun(self, index: int) -> None:
        """Find out what the noun does in its clause."""
        clause = self.clause
        if clause.by is not None and clause.topic:
            self.act(index, clause.by)
            self.draft.subjects[index].target = clause.topic[0]
            self.draft.sources[index, "target"] = clause.by
            clause.by = None
        elif clause.expected is not None and clause.expected.subject != index:
            self._fulfil(index)
        elif clause.camera is not None or clause.stopped:
            clause.filmed = clause.camera or ""
            clause.topic, clause.verb_said, clause.camera = [index], False, None
        elif clause.topic and clause.joined and not clause.verb_said and not clause.companion:
            clause.topic.append(index)
        elif not clause.topic or (clause.joined and not clause.companion):
            clause.topic, clause.verb_said = [index], False
        self.give_pending(index)

    def _fulfil(self, index: int) -> None:
        expected = self.clause.expected
        assert expected is not None
        self.clause.expected = None
        subject, sources = self.draft.subjects[expected.subject], self.draft.sources
        if expected.relation is not None:
            subject.relation = (expected.relation.value, index)
            sources[expected.subject, "relation"] = expected.relation
            return
        if expected.action is not None:
            subject.action = expected.action
            sources[expected.subject, "action"] = expected.source
        subject.target = index
        sources[expected.subject, "target"] = expected.source

    # Verbs

    def _action(self, token: Token) -> None:
        clause, before, after = self.clause, self._before(), self._next()
        if token.value in _AIR_ACTIONS and self._is_about_the_air(before):
            return
        if clause.camera is not None:
            self.film(clause, token)
            return
        noun_follows = after is not None and after.tag in NOUNS | MODIFIERS | {"extra"}
        before_noun = clause.noun_open and noun_follows
        if before_noun or not clause.topic or (clause.stopped and noun_follows):
            self.pending.append(token)
            return
        for index in clause.topic:
            self.act(index, token)
        clause.verb_said, clause.joined, clause.stopped = True, False, False
        self._expect_target(token)

    def _is_about_the_air(self, before: Token | None) -> bool:
        """Say whether the verb belongs to snow or leaves; blossoms that fall are petals."""
        if before is not None and before.tag == "setting" and "bloss" in before.text:
            self.draft.set_scene("weather", before, "petals")
            return True
        token, after = self.tokens[self.place], self.peek()
        falling = after is not None and after.tag == "weather" and token.text.endswith("ing")
        return falling or (before is not None and before.tag == "weather")

    def _expect_target(self, token: Token) -> None:
        """After "follows" or "drives past" comes whom or what."""
        subject = self.clause.topic[0]
        tokens = self.tokens[self.place + 1 : self.place + 2]
        past = bool(tokens) and tokens[0].is_a("word", "past")
        if token.value in TARGET_ACTIONS:
            self.clause.expected = Expected(subject, token)
        elif past or (token.value in TRAVEL and token.text.endswith("past")):
            self.clause.expected = Expected(subject, token, action="pass_front")

    def _by(self, token: Token) -> None:
        before = self._before()
        if self.clause.topic and (self.clause.being or before is None or before.tag in NOUNS):
            self.clause.by = Token("action", token.value, token.text)
        else:
            self._action(Token("action", "move", token.text))

    def _direction(self, token: Token) -> None:
        clause = self.clause
        circled = clause.filmed in ("circle", "spin") and not clause.verb_said
        if clause.camera is not None or circled:
            clause.camera = clause.camera or clause.filmed
            self.film(clause, token)
        elif not clause.topic or (clause.noun_open and self._noun_is_near()):
            self.pending.append(token)
        else:
            for index in clause.topic:
                self.draft.set_fact(index, "direction", token.value, token)

    def _camera_word(self, token: Token) -> None:
        self._end_phrase()
        self.clause.camera = ""

    # What nouns have

    def _modifier(self, token: Token) -> None:
        clause = self.clause
        after = self.peek()
        if token.tag == "number" and token.value == "1" and self.modifiers.first("colour"):
            self._another_of_the_last()
            return
        self.modifiers.tokens.append(token)
        clause.noun_open = True
        worn = clause.wearing and token.tag == "colour" and clause.last is not None
        if worn and (after is None or after.tag not in NOUNS | MODIFIERS | {"clothes", "extra"}):
            self._wear(self.modifiers.take())
            clause.noun_open = False

    def _another_of_the_last(self) -> None:
        """Take the noun before for "a blue one"."""
        nouns = [token for token in self.tokens[: self.place] if token.tag == "kind"]
        if nouns:
            self._kind(nouns[-1])

    def _clothes(self, token: Token) -> None:
        self._wear(self.modifiers.take())
        self.clause.noun_open = self._noun_is_near()

    def _wear(self, tokens: list[Token]) -> None:
        """The colour of what a person wears is the person's colour; anything else is lost."""
        last = self.clause.last
        for token in tokens:
            if token.tag != "colour":
                continue
            if last is not None and self.draft.subjects[last].is_person and not self._leads_noun():
                self.draft.set_fact(last, "colour", token.value, token)
            else:
                self.pending.append(Token("clothes", token.value, token.text))

    def _leads_noun(self) -> bool:
        """Say whether a person follows at once: "a red-coated woman"."""
        after = self.tokens[self.place + 1 : self.place + 2]
        return bool(after) and after[0].tag in NOUNS

    def _extra(self, token: Token) -> None:
        last = self.clause.last
        self.draft.ignore(*self.modifiers.take())
        if last is not None and self.draft.subjects[last].is_person and not self._leads_noun():
            self.draft.set_fact(last, "extra", token.value, token)
        else:
            self.pending.append(token)
        self.clause.noun_open = self._leads_noun()

    def _relation(self, token: Token) -> None:
        clause = self.clause
        if clause.last is None:
            return
        subject = self.draft.subjects[clause.last]
        passing = PASSING.get(token.value)
        if passing is not None and subject.action in TRAVEL:
            clause.expected = Expected(clause.last, token, action=passing)
        else:
            clause.expected = Expected(clause.last, token, relation=token)

    def _together(self, token: Token) -> None:
        for index in self.clause.topic:
            if token.value == "walk":
                self.act(index, Token("action", "walk", token.text))

    # The picture

    def _scene(self, token: Token) -> None:
        before = self._before()
        if token.is_a("weather", "leaves") and token.text == "leaves" and before is not None:
            if before.tag == "kind" and not before.plural and not self.clause.verb_said:
                self._action(Token("action", "leave", token.text))
                return
        if token.tag not in ("style", "camera"):
            self._drop_modifiers_of_places()
        self.draft.set_scene(SCENE_TAGS[token.tag], token)
        if token.tag == "camera" and "camera" in token.text.split():
            self.clause.camera = ""
            if token.value == "follow":
                self.clause.camera = "follow"

    def _place_word(self, token: Token) -> None:
        self._drop_modifiers_of_places()
        self.draft.places.append(tuple(token.value.split("|")))
        self.draft.sources.setdefault((CLIP, "place"), token)

    def _drop_modifiers_of_places(self) -> None:
        if not self._noun_is_near():
            self.draft.ignore(*self.modifiers.take())
            self.clause.noun_open = False
        self.clause.expected = None
        self.clause.wearing = False

    def _noun_is_near(self) -> bool:
        """Say whether the noun of the words read so far is still to come."""
        for token in self.tokens[self.place + 1 : self.place + 5]:
            if token.tag in NOUNS:
                return True
            silent = token.tag == "word" and token.value in ("glue",)
            if token.tag not in MODIFIERS | {UNKNOWN, "style", "place"} and not silent:
                return False
        return False

    # Small words and the rest

    def _word(self, token: Token) -> None:
        handler = _WORDS.get(token.value)
        if handler is not None:
            handler(self, token)

    def _article(self, token: Token) -> None:
        self.clause.noun_open = True
        self.clause.definite = token.value == "the"

    def _and(self, token: Token) -> None:
        after = self.peek()
        if self.modifiers.tokens and after is not None and after.tag == "colour":
            return  # "a red and white ball"
        self._join()
        self.clause.stopped = token.value == "while"

    def _with(self, token: Token) -> None:
        del token
        self.clause.companion = True

    def _in(self, token: Token) -> None:
        del token
        self.clause.wearing = True

    def _be(self, token: Token) -> None:
        del token
        self.clause.being = True

    def _that(self, token: Token) -> None:
        del token
        if self.clause.last is not None:
            self.clause.topic, self.clause.verb_said = [self.clause.last], False

    def _cut(self, token: Token) -> None:
        del token
        self._end_phrase()
        self.give_pending(self.clause.last)
        self.draft.new_shot()
        self.clause = EnglishClause()

    def _unshown(self, token: Token) -> None:
        """Drop the colour of what nobody can colour: "with red hair"."""
        self.draft.ignore(*self.modifiers.take(), token)

    def _pronoun(self, token: Token) -> None:
        clause = self.clause
        expected = clause.expected
        if expected is not None:
            others = [i for i in range(len(self.draft.subjects)) if i != expected.subject]
            if others:
                self._fulfil(max((i for i in others if i < expected.subject), default=others[0]))
        elif not self.draft.subjects and token.value in ("he", "she"):
            kind = {"he": "man", "she": "woman"}[token.value]
            self._kind(Token("kind", kind, token.text))
        elif clause.joined or clause.stopped or clause.camera is not None:
            clause.verb_said = clause.joined = clause.stopped = False
            clause.camera = None

    def _negate(self, token: Token) -> None:
        """Leave out what comes next, and what follows it after an "or"."""
        first = True
        while True:
            found = self._negated_place(self.place + 1)
            if found is None:
                break
            passed, self.place = self.tokens[self.place + 1 : found], found
            colours = [word for word in passed if word.tag == "colour"]
            for noun in colours or [self.tokens[found]]:
                self.draft.exclude(noun)
            first = False
            after = self.peek()
            if after is None or not after.is_a("word", "or"):
                break
            self.place += 1
        if not first:
            self.modifiers.tokens, self.clause.noun_open = [], False

    def _negated_place(self, place: int) -> int | None:
        """Return where the noun stands that a "no" at the place before speaks of."""
        nouns = {"kind", "people", "extra", "weather", "setting", "time", "style", "camera"}
        for here in range(place, min(place + 6, len(self.tokens))):
            token = self.tokens[here]
            if token.tag in nouns | {"place"}:
                return here
            if token.tag in (STOP, COMMA, "direction", "relation") or token.is_a("word", "and"):
                return None
        return None

    def _join(self) -> None:
        self._end_phrase()
        self.clause.joined = True
        self.clause.companion = False

    def _pause(self, token: Token) -> None:
        self._join()
        if token.tag == STOP:
            clause = self.clause
            self.clause = EnglishClause(topic=clause.topic, last=clause.last, stopped=True)

    def _end_phrase(self) -> None:
        """Close what is open: "the ball is red" has no noun after its adjective."""
        clause = self.clause
        left = self.modifiers.take()
        if clause.being and clause.topic:
            for token in left:
                self.draft.modify(clause.topic[0], token)
        else:
            self.draft.ignore(*left)
        expected = clause.expected
        on_top = expected is not None and expected.relation is not None
        if on_top and clause.topic and expected is not None and expected.relation is not None:
            alone = expected.relation.value == "on_top_of" and clause.topic[0] != expected.subject
            if alone:
                self._fulfil(clause.topic[0])
        clause.expected = clause.by = None
        clause.noun_open = clause.being = clause.wearing = clause.definite = False

    def _unknown(self, token: Token) -> None:
        clause = self.clause
        self.draft.ignore(token)
        if not self._noun_is_near():
            self.draft.ignore(*self.modifiers.take())
            clause.noun_open = False
        if token.text.endswith("ing") and clause.topic and not clause.noun_open:
            for index in clause.topic:
                self.draft.subjects[index].busy = True
            clause.verb_said = True


_WORDS: Mapping[str, Callable[[EnglishReader, Token], None]] = {
    "not": EnglishReader._negate,
    "a": EnglishReader._article,
    "the": EnglishReader._article,
    "and": EnglishReader._and,
    "while": EnglishReader._and,
    "with": EnglishReader._with,
    "in": EnglishReader._in,
    "be": EnglishReader._be,
    "that": EnglishReader._that,
    "it": EnglishReader._pronoun,
    "he": EnglishReader._pronoun,
    "she": EnglishReader._pronoun,
    "they": EnglishReader._pronoun,
    "cut": EnglishReader._cut,
    "unshown": EnglishReader._unshown,
}
_HANDLERS: Mapping[str, Callable[[EnglishReader, Token], None]] = {
    "kind": EnglishReader._kind,
    "people": EnglishReader._people,
    "action": EnglishReader._action,
    "by": EnglishReader._by,
    "direction": EnglishReader._direction,
    "relation": EnglishReader._relation,
    "together": EnglishReader._together,
    "clothes": EnglishReader._clothes,
    "extra": EnglishReader._extra,
    "camera_word": EnglishReader._camera_word,
    "place": EnglishReader._place_word,
    "word": EnglishReader._word,
    STOP: EnglishReader._pause,
    COMMA: EnglishReader._pause,
    **dict.fromkeys(SCENE_TAGS, EnglishReader._scene),
    **dict.fromkeys(MODIFIERS, EnglishReader._modifier),
}


def understand_english(prompt: str) -> Draft:
    """Read a prompt in English."""
    return EnglishReader(read_english(prompt)).read()
