"""Is a text a sentence that the caption grammar can write?

The frames of `world.frames_of_speech` are matched as they stand, slot by slot; capitals and
punctuation are not looked at. Whether the parts fit each other (the sea in a park) is not asked:
that is the user's business.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from hanazora.world.frames_of_speech import (
    COMPILED,
    COUPLE_VERBS,
    FILLERS,
    SCRIPT_SENTENCES,
    SHOTS,
    compile_frame,
)
from hanazora.world.speech import words
from hanazora.world.speech.verbs import PASSIVES, VERBS, VerbPhrase, conjugate
from hanazora.world.splits import plain_words

_SLOT = re.compile(r"(\{\w\})")
_PRONOUNS = ("he", "she", "it", "they")
_OBJECTS = ("him", "her", "it", "them")
Part = tuple[tuple[str, ...], bool]
"""Words and slots in a row, and whether the frame may leave them out."""


class Trie:
    """Phrases word by word: what may come next, and whether a phrase ends here."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[str, Trie] = {}
        self.ends = False

    def add(self, items: Iterable[str]) -> None:
        """Add a phrase; an item is a word, or `{d}` or `{x}`."""
        node = self
        for item in items:
            node = node.next.setdefault(item, Trie())
        node.ends = True


def is_caption(text: str) -> bool:
    """Say whether training could have shown this sentence, up to capitals and punctuation."""
    found = plain_words(text).split()
    if not found or any(word not in _known_words() for word in found):
        return False
    return _Matcher(found).matches()


class _Matcher:
    """Follows every frame through the words at once; remembers what each slot can cover."""

    def __init__(self, found: list[str]) -> None:
        self.words = found
        self.cache: dict[tuple[str, int], frozenset[int]] = {}

    def matches(self) -> bool:
        """Say whether any frame covers all the words."""
        whole = len(self.words)
        if any(whole in self._follow(parts, {0}) for parts in _frames()):
            return True
        return any(whole in self._follow_shots(*frame) for frame in _shot_frames())

    def _follow(self, parts: Iterable[Part], places: set[int]) -> set[int]:
        for items, optional in parts:
            after = self._cover(items, places)
            places = places | after if optional else after
            if not places:
                break
        return places

    def _follow_shots(
        self, opener: tuple[Part, ...], joiner: tuple[Part, ...], closer: tuple[Part, ...]
    ) -> set[int]:
        ends: set[int] = set()
        places = self._follow(opener, {0})
        while places:
            ends |= self._follow(closer, places)
            places = self._follow(joiner, places) - ends
        return ends

    def _cover(self, items: Iterable[str], places: set[int]) -> set[int]:
        for item in items:
            if item.startswith("{"):
                places = {end for place in places for end in self.slot(item[1], place)}
            else:
                places = {p + 1 for p in places if p < len(self.words) and self.words[p] == item}
        return places

    def slot(self, name: str, place: int) -> frozenset[int]:
        """Return where the slot may end when it begins at a place."""
        key = name, place
        if key not in self.cache:
            self.cache[key] = frozenset()  # no slot begins with itself
            self.cache[key] = frozenset(_SLOTS[name](self, place))
        return self.cache[key]

    def phrase(self, table: str, place: int) -> set[int]:
        """Match one of the fixed phrases of a table."""
        return self._walk(_tries()[table], place)

    def _walk(self, node: Trie, place: int) -> set[int]:
        ends = {place} if node.ends else set()
        if place < len(self.words) and self.words[place] in node.next:
            ends |= self._walk(node.next[self.words[place]], place + 1)
        if "{d}" in node.next:
            for after in {place} | self.phrase("directions", place):
                ends |= self._walk(node.next["{d}"], after)
        if "{x}" in node.next:
            for after in self.slot("x", place):
                ends |= self._walk(node.next["{x}"], after)
        return ends

    def noun_phrase(self, place: int) -> set[int]:
        """Match "two small red striped balls" and "a woman in a red coat with a hat"."""
        places = {place} | self.phrase("articles", place)
        for table in ("sizes", "colours", "patterns"):
            places |= {end for start in places for end in self.phrase(table, start)}
        places = {end for start in places for end in self.phrase("nouns", start)}
        places |= {end for start in places for end in self.phrase("coats", start)}
        dressed = self._cover(["with"], places)
        one = {end for start in dressed for end in self.phrase("extras", start)}
        two = {e for start in self._cover(["and"], one) for e in self.phrase("extras", start)}
        return places | one | two

    def topic(self, place: int) -> set[int]:
        """Match a noun phrase or a couple."""
        one = set(self.slot("x", place))
        starts = {place} | self._cover(["a", "couple"], {place})
        firsts = {end for start in starts for end in self.slot("x", start)}
        pair = {e for start in self._cover(["and"], firsts) for e in self.slot("x", start)}
        couple = self._cover(["couple"], {place} | self._cover(["a"], {place}))
        return one | pair | couple

    def others(self, place: int, form: str) -> set[int]:
        """Match what is said of further subjects, joined by "and"."""
        ends: set[int] = set()
        starts = {place}
        while starts:
            new = {end for start in starts for end in self._other(start, form)} - ends
            ends |= new
            starts = self._cover(["and"], new)
        return ends

    def _other(self, place: int, form: str) -> set[int]:
        nouns = set(self.slot("x", place))
        acting = {end for start in nouns for end in self.phrase(form, start)}
        be = {end for start in nouns for end in self.phrase("be", start)}
        there = {e for s in self._cover(["there"], {place}) for e in self.phrase("be", s)}
        stands = nouns | be | {end for start in there for end in self.slot("x", start)}
        places = {end for start in stands for end in self.phrase("relations", start)}
        return acting | {end for start in places for end in self.phrase("objects", start)}

    def clause(self, place: int, form: str) -> set[int]:
        """Match one shot: who does what, where, in what weather, and how it is filmed."""
        verbs = {end for start in self.slot("x", place) for end in self.phrase(form, start)}
        for table in ("P", "W", "N"):
            verbs |= {end for start in verbs for end in self.phrase(table, start)}
        return verbs


def _phrase_slot(table: str) -> Callable[[_Matcher, int], Iterable[int]]:
    return lambda matcher, place: matcher.phrase(table, place)


_SLOTS: Mapping[str, Callable[[_Matcher, int], Iterable[int]]] = {
    **{name: _phrase_slot(name) for name in "PWTYKNMLDFXRBVIG"},
    "S": _Matcher.topic,
    "s": _Matcher.topic,
    "x": _Matcher.noun_phrase,
    "O": lambda matcher, place: matcher.others(place, "V"),
    "Q": lambda matcher, place: matcher.others(place, "G"),
    "A": lambda matcher, place: matcher.clause(place, "V"),
    "C": lambda matcher, place: matcher.clause(place, "G"),
    "i": _phrase_slot("numbers"),
}


@cache
def _frames() -> tuple[tuple[Part, ...], ...]:
    return tuple(
        tuple((_items(part.text), part.optional) for part in frame.parts)
        for frames in COMPILED.values()
        for frame in frames
    )


@cache
def _shot_frames() -> tuple[tuple[tuple[Part, ...], ...], ...]:
    return tuple(
        tuple(
            tuple((_items(part.text), part.optional) for part in compile_frame("", text).parts)
            for text in frame
        )
        for frame in SHOTS
    )


def _items(text: str) -> tuple[str, ...]:
    items: list[str] = []
    for piece in _SLOT.split(text):
        items += [piece] if _SLOT.fullmatch(piece) else plain_words(piece).split()
    return tuple(items)


@cache
def _tries() -> Mapping[str, Trie]:
    return {name: _trie(phrases) for name, phrases in _phrases().items()}


def _trie(phrases: Iterable[str]) -> Trie:
    root = Trie()
    for phrase in phrases:
        root.add(_items(phrase))
    return root


@cache
def _known_words() -> frozenset[str]:
    literals = {
        item
        for frames in (*_frames(), *(parts for frame in _shot_frames() for parts in frame))
        for items, _ in frames
        for item in items
    }
    said = {item for group in _phrases().values() for phrase in group for item in _items(phrase)}
    return frozenset(literals | said | {"and", "with", "there", "couple"})


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """Return every fixed phrase of every slot; verbs keep `{d}` and `{x}`."""
    settings = _flat(words.NOUN_OF_SETTING)
    articles = [f"{article} {noun}" for noun in settings for article in ("a", "an", "the")]
    nouns = tuple(form for pairs in words.NOUNS.values() for pair in pairs for form in pair)
    numbers = tuple(phrase for group in words.NUMBERS.values() for phrase in group)
    return {
        "P": _flat(words.PLACES),
        "W": _flat(words.WEATHERS),
        "T": _flat(words.TIMES),
        "Y": _flat(words.STYLES),
        "K": tuple(t.replace("{o}", o) for t in _flat(words.CAMERAS) for o in _OBJECTS),
        "N": _flat(words.CAMERA_NOUNS),
        "M": settings,
        "L": (*settings, *articles),
        "D": _flat(words.DETAILS),
        "F": FILLERS,
        "X": tuple(_script_sentences(nouns)),
        "R": (*_PRONOUNS, *(f"the {noun}" for noun in nouns)),
        "B": ("is", "are"),
        "be": ("is", "are"),
        "V": tuple(_verbs("V")),
        "I": tuple(_verbs("I")),
        "G": tuple(_verbs("G")),
        "nouns": nouns,
        "articles": (*numbers, "an", "another", "a second"),
        "sizes": _flat(words.SIZES),
        "colours": _flat(words.COLOURS),
        "patterns": _flat(words.PATTERNS),
        "coats": tuple(_coats()),
        "extras": _flat(words.EXTRAS),
        "relations": _flat(words.RELATIONS),
        "objects": _OBJECTS,
        "directions": (*_flat(words.DIRECTIONS), *_flat(words.CLEAR_DIRECTIONS)),
        "numbers": tuple(str(number) for number in range(1, 10)),
    }


def _flat(table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(phrase for group in table.values() for phrase in group)


def _coats() -> Iterator[str]:
    for colour in _flat(words.COLOURS):
        yield f"in {colour}"
        for verb in ("in", "wearing"):
            yield f"{verb} {colour} coats"
            yield from (f"{verb} {article} {colour} coat" for article in ("a", "an"))


def _script_sentences(nouns: Iterable[str]) -> Iterator[str]:
    for text in (text for group in SCRIPT_SENTENCES.values() for text in group):
        for pronoun in _PRONOUNS if "{R}" in text else ("",):
            for comes in ("come", "comes") if "{comes}" in text else ("",):
                said = text.replace("{R}", pronoun).replace("{comes}", comes)
                yield from (said.replace("{k}", noun) for noun in (nouns if "{k}" in said else "-"))


def _verbs(form: str) -> Iterator[str]:
    """Return verb phrases: V walks, I is walking, G walking; and their passive forms."""
    phrases = {text for by_group in VERBS.values() for group in by_group.values() for text in group}
    for phrase in sorted(phrases):
        yield from _forms(conjugate(phrase), form)
    for participle in (text for group in PASSIVES.values() for text in group):
        yield from [f"{participle} {{x}}"] if form == "G" else _being(f"{participle} {{x}}")
    for verb in COUPLE_VERBS:
        doing = verb.replace("walk", "walking").replace("stroll", "strolling")
        said = {"V": verb, "I": f"are {doing}", "G": doing}[form]
        yield said + "{d}"


def _forms(phrase: VerbPhrase, form: str) -> Iterator[str]:
    doing = phrase.participle
    if form == "V" or (form == "I" and doing.startswith(("being", "not"))):
        yield from (phrase.singular, phrase.plural)
    elif form == "I":
        yield from _being(doing)
    else:
        yield doing.removeprefix("being ")


def _being(text: str) -> tuple[str, str]:
    return f"is {text}", f"are {text}"
