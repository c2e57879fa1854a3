"""Words for one subject, and the choice of words: what training may say and what it may not.

`Speaker` carries the state of one caption: the spec, the draws, and the facts said so far.
"""

import random
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from hanazora.world import splits
from hanazora.world.draw import pick
from hanazora.world.spec import SceneSpec, SubjectSpec
from hanazora.world.speech import words
from hanazora.world.speech.verbs import PASSIVES, VerbPhrase, verb_phrases
from hanazora.world.vocabulary import PEOPLE

CLIP = -1
"""`Fact.subject` of a fact about the whole picture, `Fact.shot` of one about the whole clip."""

_SECOND = ("another", "a second")
_PLAIN_SHARE = 0.4


class Fact(NamedTuple):
    """One checkable statement: "subject 0 has colour red", "the clip has setting reef"."""

    subject: int
    """Index into `SceneSpec.subjects`, or CLIP."""
    name: str
    """kind, colour, size, pattern, count, extra, action, direction, target, relation, shot,
    script, setting, weather, time_of_day, style, camera or num_shots."""
    value: str | int
    """The value in the words of `vocabulary`; "left_of:0" for a relation."""
    shot: int = CLIP
    """Number of the shot the fact holds in, or CLIP."""


@cache
def allowed(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phrases that training may say."""
    return tuple(phrase for phrase in phrases if phrase not in splits.HELD_OUT_PHRASES)


@cache
def preferred(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phrases that the `words` split says: held-out ones where there are any."""
    return tuple(p for p in phrases if p in splits.HELD_OUT_PHRASES) or phrases


@cache
def _nouns(kind: str, held_out: bool) -> tuple[tuple[str, str], ...]:
    pairs = words.NOUNS[kind]
    chosen = (preferred if held_out else allowed)(tuple(pair[0] for pair in pairs))
    return tuple(pair for pair in pairs if pair[0] in chosen)


@cache
def _verbs(kind: str, action: str, held_out: bool) -> tuple[VerbPhrase, ...]:
    phrases = verb_phrases(kind, action)
    chosen = (preferred if held_out else allowed)(tuple(p.source for p in phrases))
    return tuple(phrase for phrase in phrases if phrase.source in chosen)


def with_article(text: str) -> str:
    """Put "a" or "an" before the text."""
    return ("an " if text[0] in "aeiou" else "a ") + text


class Speaker:
    """Says things about a spec and remembers the facts it said."""

    def __init__(self, spec: SceneSpec, rng: random.Random, held_out: bool) -> None:
        self.spec = spec
        self.rng = rng
        self.held_out = held_out
        self.facts: dict[Fact, None] = {}

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.rng.random() < probability

    def say(self, phrases: tuple[str, ...]) -> str:
        """Choose a phrase: the plain one often, the others equally."""
        usable = (preferred if self.held_out else allowed)(phrases)
        return self._favour_first(usable)

    def _favour_first(self, items: Sequence[str]) -> str:
        return items[0] if self.chance(_PLAIN_SHARE) else pick(self.rng, items)

    def note(self, subject: int, name: str, value: str | int, shot: int = CLIP) -> None:
        """Remember a fact."""
        self.facts[Fact(subject, name, value, shot)] = None

    def noun(self, index: int) -> str:
        """Return a noun for the subject, plural for a group."""
        subject = self.spec.subjects[index]
        nouns = _nouns(subject.kind, self.held_out)
        pair = nouns[0] if self.chance(0.55) else pick(self.rng, nouns)
        self.note(index, "kind", subject.kind)
        return pair[subject.count > 1]

    def subject(self, index: int, *, article: bool = True, detail: float = 1.0) -> str:
        """Return a noun phrase: "a small red ball", "three women in red coats".

        Args:
            index: which subject.
            article: put an article before a single one.
            detail: factor on the probability of every property but the number.
        """
        subject = self.spec.subjects[index]
        adjectives = self._adjectives(index, subject, detail)
        text = " ".join([*adjectives, self.noun(index)])
        if subject.kind in PEOPLE:
            text += self._clothes(index, subject, detail)
        if subject.count > 1:
            self.note(index, "count", subject.count)
            return f"{self._favour_first(words.NUMBERS[subject.count])} {text}"
        if not article:
            return text
        if self.chance(0.08):
            self.note(index, "count", 1)
            return f"{pick(self.rng, words.NUMBERS[1][1:])} {text}"
        same = any(other.kind == subject.kind for other in self.spec.subjects[:index])
        if same and not self.spec.shots and self.chance(0.4):
            return f"{pick(self.rng, _SECOND)} {text}"
        return with_article(text)

    def _adjectives(self, index: int, subject: SubjectSpec, detail: float) -> list[str]:
        adjectives: list[str] = []
        if subject.kind in PEOPLE:
            return adjectives
        if self.chance((0.06 if subject.size == "medium" else 0.88) * detail):
            self.note(index, "size", subject.size)
            adjectives.append(self.say(words.SIZES[subject.size]))
        if self.chance(0.95 * detail):
            self.note(index, "colour", subject.colour)
            adjectives.append(self.say(words.COLOURS[subject.colour]))
        if subject.pattern != "plain" and self.chance(0.9 * detail):
            self.note(index, "pattern", subject.pattern)
            adjectives.append(self.say(words.PATTERNS[subject.pattern]))
        return adjectives

    def _clothes(self, index: int, subject: SubjectSpec, detail: float) -> str:
        """Return " in a red coat with a hat"; the colour of a person is the coat's."""
        text = ""
        if self.chance(0.92 * detail):
            self.note(index, "colour", subject.colour)
            colour = self.say(words.COLOURS[subject.colour])
            coat = f"{colour} coats" if subject.count > 1 else with_article(f"{colour} coat")
            text = self._favour_first((f" in {coat}", f" wearing {coat}", f" in {colour}"))
        extras = subject.extras if subject.count == 1 and self.chance(0.8 * detail) else ()
        for number, extra in enumerate(extras):
            self.note(index, "extra", extra)
            text += (" and " if number else " with ") + self.say(words.EXTRAS[extra])
        return text

    def pronoun(self, index: int, *, objective: bool = False) -> str:
        """Return he, she, it or they (him, her, it, them)."""
        subject = self.spec.subjects[index]
        if subject.count > 1 or subject.kind == "child" or self.spec.script == "couple_walk":
            return "them" if objective else "they"
        if subject.kind == "woman":
            return "her" if objective else "she"
        if subject.kind == "man":
            return "him" if objective else "he"
        return "it"

    def is_plural(self, index: int) -> bool:
        """Say whether verbs after the subject stand in the plural."""
        return self.spec.subjects[index].count > 1

    def verb(self, index: int, form: str) -> str:
        """Return what the subject does, with its direction and target.

        Args:
            index: which subject.
            form: "finite" (walks), "progressive" (is walking) or "participle" (walking).
        """
        subject = self.spec.subjects[index]
        phrases = _verbs(subject.kind, subject.action, self.held_out)
        phrase = phrases[0] if self.chance(_PLAIN_SHARE) else pick(self.rng, phrases)
        self.note(index, "action", subject.action)
        target = ""
        if subject.target is not None and "{x}" in phrase.plural:
            self.note(index, "target", subject.target)
            target = self.subject(subject.target)
        text = self._form(phrase, form, self.is_plural(index))
        if "{d}" in text:  # only then is a direction said, and so asserted
            text = text.replace("{d}", self._direction(index, subject, target))
        return text.replace("{x}", target)

    def _form(self, phrase: VerbPhrase, form: str, plural: bool) -> str:
        if form == "finite":
            return phrase.plural if plural else phrase.singular
        if form == "participle" or phrase.participle.startswith(("being", "not")):
            if form == "progressive":
                return phrase.plural if plural else phrase.singular
            return phrase.participle.removeprefix("being ")
        return ("are " if plural else "is ") + phrase.participle

    def _direction(self, index: int, subject: SubjectSpec, target: str) -> str:
        if subject.direction == "none" or not self.chance(0.85):
            return ""
        self.note(index, "direction", subject.direction)
        if not target:
            return " " + self.say(words.DIRECTIONS[subject.direction])
        phrase = self.say(words.CLEAR_DIRECTIONS[subject.direction])
        return (", " if phrase.startswith("moving") else " ") + phrase

    def passive(self, index: int) -> str:
        """Return "passed by a red truck": what subject `index` does, said of its target."""
        subject = self.spec.subjects[index]
        assert subject.target is not None
        self.note(index, "action", subject.action)
        self.note(index, "target", subject.target)
        return f"{self.say(PASSIVES[subject.action])} {self.subject(index)}"
