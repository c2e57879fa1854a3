"""Finds known people in a text: a gazetteer with aliases, one-letter errors, unknown full names.

A name is looked up as the letters of one to five words run together: "Mc Cartney", "mccartney"
are one. Forms that are also common words ("Swift", "Gates") count only beside a word of their
field. "In the style of" a painter names a style, not a person, and a surname before
a word of place ("Rockefeller Center") a place. A full name that is not in the
gazetteer counts when its first part is a given name and the sentence speaks of a celebrity.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, compress, pairwise
from operator import add, or_
from typing import NamedTuple

from hanazora.safety.findings import Finding
from hanazora.safety.text.folding import Folded, fold
from hanazora.safety.text.terms import Tokens, tokenize

MAX_NAME_WORDS = 5
MAX_FUZZY_WORDS = 4
MIN_FUZZY_LETTERS = 9
_MIN_JOINED = 8
_EDGE = 4
"""A letter wrong leaves this many right at the beginning or at the end of a name."""

_REMEMBERED_KEYS = 16_384
STYLE_FIELD = "style"
PLACE_FIELD = "place"
_FOLLOWING = re.compile(r"(?:[ -](?:styled?|type|like|inspired|themed))?[ -]([a-z]+)")
"""What a place named after somebody is: "Rockefeller Center", "a Rockefeller style rink"."""

_SURE, _FUZZY, _UNKNOWN = 0.95, 0.8, 0.6
_STYLE_EXEMPT = ("arts", "history", "music")
_CONTEXT = re.compile(r"^context = (.*)$")


class Name(NamedTuple):
    """One form of one person's name."""

    key: str
    """Its letters run together."""

    field: str
    """What the person is known for."""

    needs_context: bool
    """Whether the form is also a common word."""

    num_words: int
    """How many words it is usually written as."""


class Gazetteer:
    """Known people, by the letters of their names.

    Args:
        text: sections `[field]` with a `context =` line and names; see `data/names.txt`.
        given_names: first names that make two words with capitals a full name.
        fame: words that speak of a celebrity.
    """

    def __init__(self, text: str, given_names: Iterable[str], fame: Iterable[str]) -> None:
        self.names: dict[str, Name] = {}
        self.contexts: dict[str, frozenset[str]] = {}
        self.words: set[str] = set()
        """Every word of every name, for recognising disguised ones."""
        self.num_people = 0
        self._given = frozenset(given_names)
        self._fame = frozenset(fame)
        self._near: dict[str, tuple[str, ...]] = {}
        self._read(text)
        self._beginnings = {key[:end] for key in self.names for end in range(1, len(key) + 1)}
        similar = {key for keys in self._near.values() for key in keys}
        self._edges = {key[:_EDGE] for key in similar} | {"-" + key[-_EDGE:] for key in similar}
        self._longest = max(map(len, similar), default=0) + 1
        self._fuzzy = lru_cache(maxsize=_REMEMBERED_KEYS)(self._similar)

    def judge(self, folded: Folded, original: str) -> list[Finding]:
        """Return a finding for each known person that a text names."""
        tokens = tokenize(folded.text)
        findings = []
        for first, end, name, score in self._places(tokens.texts):
            words = _sentence_of(tokens, first)
            if (
                self._is_style(name, words, folded.text)
                or (end - first == 1 and self._is_place(folded.text, tokens.ends[first]))
                or not self._in_context(name, words, folded)
            ):
                continue
            span = folded.span(tokens.starts[first], tokens.ends[end - 1])
            findings.append(Finding("known-people", score, f"names/{name.field}", span))
        return findings or self._unknown(tokens, folded, original)

    def _read(self, text: str) -> None:
        field = ""
        for line in text.splitlines():
            context = _CONTEXT.match(line)
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                field = line.strip("[]")
            elif context:
                words = (fold(word.strip()).text for word in context.group(1).split(","))
                self.contexts[field] = frozenset(words)
            else:
                for person in filter(None, (part.strip() for part in line.split(";"))):
                    self.num_people += 1
                    self._add(person.split("/"), field)

    def _add(self, forms: Sequence[str], field: str) -> None:
        for form in forms:
            words = tokenize(fold(form.lstrip("?")).text).texts
            key = "".join(words)
            known = self.names.get(key)
            if known is None or known.needs_context:
                self.names[key] = Name(key, field, form.startswith("?"), len(words))
            self.words.update(word for word in words if len(word) >= 4)
            if len(key) >= MIN_FUZZY_LETTERS and key.isascii() and len(words) > 1:
                for shorter in _deletions(key):
                    self._near[shorter] = (*self._near.get(shorter, ()), key)

    def _places(self, words: Sequence[str]) -> Iterator[tuple[int, int, Name, float]]:
        """Yield first word, end, name and score, the longest name at each place."""
        done = 0
        for index in self._beginning(words):
            found = self._at(words, index) if index >= done else None
            if found is not None:
                name, done, score = found
                yield index, done, name, score

    def _beginning(self, words: Sequence[str]) -> list[int]:
        """Return where a name could begin: most words of most texts are none of these."""
        pairs = map(add, words, chain(words[1:], ("",)))
        exact = map(self._beginnings.__contains__, pairs)
        short = map(self.names.__contains__, words)
        # A name with an error holds a right word among its first four.
        right = [*map(self.words.__contains__, words), False, False, False]
        near = map(or_, map(or_, right, right[1:]), map(or_, right[2:], right[3:]))
        here = map(or_, map(or_, exact, short), near)
        return list(compress(range(len(words)), here))

    def _at(self, words: Sequence[str], index: int) -> tuple[Name, int, float] | None:
        if len(words[index]) == 1 and not words[index].isascii():
            return self._at_character(words, index)
        key, exact = "", None
        for end in range(index + 1, min(index + MAX_NAME_WORDS, len(words)) + 1):
            key += words[end - 1]
            if key not in self._beginnings:
                break
            name = self.names.get(key)
            # "huge" is not Hu Ge: a name of several words is written as one only when it is long.
            joined = end - index
            if name is not None and (joined >= name.num_words or len(key) >= _MIN_JOINED):
                exact = name, end, _SURE
        return exact or self._at_with_an_error(words[index : index + MAX_FUZZY_WORDS], index)

    def _at_with_an_error(self, words: Sequence[str], index: int) -> tuple[Name, int, float] | None:
        """Return the name that some words, the first of which has this index, nearly spell."""
        for length in range(len(words), 1, -1):
            # One of the words is right; without this test most of the time would go here.
            if self.words.isdisjoint(words[:length]):
                return None
            key = "".join(words[:length])
            near = self._fuzzy(key) if len(key) <= self._longest else None
            if near is not None:
                return near, index + length, _FUZZY
        return None

    def _at_character(self, words: Sequence[str], index: int) -> tuple[Name, int, float] | None:
        key, found = "", None
        for end in range(index, min(index + 14, len(words))):
            key += words[end]
            if key not in self._beginnings:
                break
            name = self.names.get(key)
            if name is not None:
                found = name, end + 1, _SURE
        return found

    def _similar(self, key: str) -> Name | None:
        """Return the name that differs by a letter, or by two neighbours that are swapped."""
        if len(key) < MIN_FUZZY_LETTERS - 1:
            return None
        if key[:_EDGE] not in self._edges and "-" + key[-_EDGE:] not in self._edges:
            return None
        for shorter in _deletions(key):
            for other in self._near.get(shorter, ()):
                if other[0] == key[0] and _close(key, other):
                    return self.names[other]
        return None

    def _in_context(self, name: Name, words: set[str], folded: Folded) -> bool:
        if not name.needs_context:
            return True
        context = self.contexts.get(name.field, frozenset())
        return bool(context & words) or any(
            not word.isascii() and word in folded.text for word in context
        )

    def _is_style(self, name: Name, words: set[str], text: str) -> bool:
        if name.field not in _STYLE_EXEMPT:
            return False
        context = self.contexts.get(STYLE_FIELD, frozenset())
        return bool(context & words) or any(not word.isascii() and word in text for word in context)

    def _is_place(self, text: str, end: int) -> bool:
        """Say whether a name that ends there names a building or a foundation, not its founder."""
        following = _FOLLOWING.match(text, end)
        places = self.contexts.get(PLACE_FIELD, frozenset())
        return following is not None and following.group(1) in places

    def _unknown(self, tokens: Tokens, folded: Folded, text: str) -> list[Finding]:
        """Find given name + capitalised word in a sentence that speaks of a celebrity."""
        if self._fame.isdisjoint(tokens.texts):
            return []
        for index, (one, two) in enumerate(pairwise(tokens.texts)):
            if one not in self._given or not two.isalpha() or len(two) < 3:
                continue
            span = folded.span(tokens.starts[index], tokens.ends[index + 1])
            written = text[span[0] : span[1]].split()
            capitals = len(written) == 2 and all(word[:1].isupper() for word in written)
            if capitals and self._fame & _sentence_of(tokens, index):
                return [Finding("known-people", _UNKNOWN, "names/full-name", span)]
        return []


def _sentence_of(tokens: Tokens, index: int) -> set[str]:
    """Return the words of the sentence that a token stands in."""
    number = tokens.sentences[index]
    first, end = bisect_left(tokens.sentences, number), bisect_right(tokens.sentences, number)
    return set(tokens.texts[first:end])


def _deletions(key: str) -> dict[str, None]:
    """Return a key and the key without each of its letters, in this order, each once."""
    shorter = (key[:index] + key[index + 1 :] for index in range(len(key)))
    return dict.fromkeys((key, *shorter))


def _close(key: str, other: str) -> bool:
    """Say whether two names differ by one letter, or by two neighbours that are swapped."""
    if abs(len(key) - len(other)) == 1:
        return True  # they share a deletion, so one is the other without a letter
    places = [
        index for index, pair in enumerate(zip(key, other, strict=True)) if pair[0] != pair[1]
    ]
    if len(places) == 2:
        first, second = places
        swapped = key[first] == other[second] and key[second] == other[first]
        return second == first + 1 and swapped
    return len(places) == 1
