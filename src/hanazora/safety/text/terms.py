"""Sets of terms, and finding them in a text in one pass over its tokens.

A term is one or more words. Its notation: `word` is that word only, `word+` the word with its
endings (stab, stabs, stabbed, stabbing, stabber), `word*` everything that begins so. A word of a
script that does not set spaces is found anywhere. The set named `harmless` holds fixed phrases
("blood orange", "killer whale"): nothing inside them is found.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from hanazora.safety.text.folding import fold

HARMLESS = "harmless"
"""Name of the set of phrases whose words mean nothing bad."""

MIN_PREFIX, MAX_PREFIX = 3, 14

_TOKEN = re.compile(
    r"[a-z0-9]+(?:'[a-z]+)?|[^\W\d_]|[^\w\s.,:;!?'\"()\[\]{}<>/\\|*+=~`^%$#@&-]|[.!?;\n]"
)
_SENTENCE_END = frozenset(".!?;\n。")
_REMEMBERED_TEXTS = 8
_REMEMBERED_WORDS = 16_384


class Token(NamedTuple):
    """A word, or one character of a script without spaces."""

    text: str
    start: int
    end: int
    sentence: int
    """Number of the sentence it stands in."""


class Hit(NamedTuple):
    """A term of a set in a text."""

    group: str
    """Name of the set."""

    first: int
    """Index of its first token."""

    end: int
    """One past the index of its last token."""


class Terms(NamedTuple):
    """What the sets find in a text."""

    tokens: tuple[Token, ...]
    """Its words."""

    hits: Sequence[Hit]
    """In the order of their places."""

    sentence_hits: Sequence[Hit]
    """The same when each sentence is read by itself."""


class _Term(NamedTuple):
    words: tuple[str, ...]
    is_prefix: tuple[bool, ...]
    groups: tuple[str, ...]


class _Starting(NamedTuple):
    """The terms that begin with a word."""

    alone: tuple[str, ...]
    """The sets of those that end with it, too, in order."""

    by_second: Mapping[str, tuple[_Term, ...]]
    """Longer ones by their second word."""

    open_second: tuple[_Term, ...]
    """Longer ones whose second word is the beginning of a word."""


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def tokenize(text: str) -> tuple[Token, ...]:
    """Split a folded text into tokens, counting sentences.

    The last few texts are remembered: terms, names and learned words all read the same tokens.
    """
    tokens, sentence = list[Token](), 0
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        if word in _SENTENCE_END:
            sentence += 1
            continue
        stem = word.removesuffix("'s")
        tokens.append(Token(stem, start, start + len(stem), sentence))
    return tuple(tokens)


_NOTHING = _Starting((), {}, ())


class TermSets:
    """All sets of terms, indexed by their first word.

    Args:
        sets: the terms of each set; "@other" takes in the terms of another set.
    """

    def __init__(self, sets: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, list[_Term]] = {}
        self._prefix: dict[str, list[_Term]] = {}
        self.words: set[str] = set()
        """Every word of every set, for recognising disguised ones."""
        self.single_words: set[str] = set()
        """The terms of one word."""
        groups: dict[str, list[str]] = {}
        for name in sets:
            for term in _expand(name, sets, ()):
                groups.setdefault(term, []).append(name)
        for text, names in groups.items():
            for words, is_prefix in _readings(text):
                self._add(_Term(words, is_prefix, tuple(names)))
        # Of a word that is longer than all of the lists only the beginning can matter.
        self._longest = max([MAX_PREFIX, *map(len, self._exact)]) + 1
        self.read = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._read)
        """What is in a folded text; the last few are remembered."""
        self._starting = lru_cache(maxsize=_REMEMBERED_WORDS)(self._terms_from)

    def _add(self, term: _Term) -> None:
        table = self._prefix if term.is_prefix[0] else self._exact
        table.setdefault(term.words[0], []).append(term)
        words = [word for word in term.words if len(word) > 1 and word.isascii()]
        self.words.update(words)
        if len(term.words) == 1:
            self.single_words.update(words)

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """Return all terms in a text; those inside a harmless phrase are left out."""
        return _outside(self._all_hits(tokens))

    def _read(self, text: str) -> Terms:
        tokens = tokenize(text)
        found = self._all_hits(tokens)
        within = [hit for hit in found if tokens[hit.first][-1] == tokens[hit.end - 1][-1]]
        hits = _outside(found)
        return Terms(tokens, hits, hits if len(within) == len(found) else _outside(within))

    def _all_hits(self, tokens: Sequence[Token]) -> list[Hit]:
        """Return all terms, harmless phrases too, ordered by beginning, end and set."""
        hits = list[Hit]()
        for index, token in enumerate(tokens):
            starting = self._starting(token.text[: self._longest])
            if starting is _NOTHING:
                continue
            end = index + 1
            hits += map(Hit, starting.alone, repeat(index), repeat(end))
            if end == len(tokens):
                break
            longer = set[Hit]()
            for term in starting.by_second.get(tokens[end].text, ()) + starting.open_second:
                if _matches(term, tokens, index):
                    past = index + len(term.words)
                    longer.update([Hit(group, index, past) for group in term.groups])
            hits += sorted(longer, key=lambda hit: (hit.end, hit.group))
        return hits

    def _terms_from(self, word: str) -> _Starting:
        found = list(self._exact.get(word, ()))
        for length in range(min(MIN_PREFIX, len(word)), min(len(word), MAX_PREFIX) + 1):
            found += self._prefix.get(word[:length], ())
        if not found:
            return _NOTHING
        alone = {group for term in found if len(term.words) == 1 for group in term.groups}
        longer = [term for term in found if len(term.words) > 1]
        by_second: dict[str, tuple[_Term, ...]] = {}
        for term in longer:
            if not term.is_prefix[1]:
                by_second[term.words[1]] = (*by_second.get(term.words[1], ()), term)
        return _Starting(
            tuple(sorted(alone)), by_second, tuple(term for term in longer if term.is_prefix[1])
        )


def _matches(term: _Term, tokens: Sequence[Token], index: int) -> bool:
    if index + len(term.words) > len(tokens):
        return False
    for offset in range(1, len(term.words)):
        word = tokens[index + offset].text
        expected = term.words[offset]
        if not (word.startswith(expected) if term.is_prefix[offset] else word == expected):
            return False
    return True


def _outside(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in order of their places, that no harmless phrase holds whole.

    A term that is longer than the phrase, as in "killer whale corpse", still counts.
    """
    kept = [hit for hit in hits if hit.group != HARMLESS]
    if len(kept) == len(hits):
        return kept
    reaches: dict[int, int] = {}
    for hit in hits:
        if hit.group == HARMLESS:
            reaches[hit.first] = hit.end  # the last one of a place is the longest
    outside, reach, done = list[Hit](), 0, 0
    for hit in kept:
        for first in range(done, hit.first + 1):
            reach = max(reach, reaches.get(first, 0))
        done = hit.first + 1
        if hit.end > reach:
            outside.append(hit)
    return outside


def _expand(name: str, sets: Mapping[str, Sequence[str]], seen: tuple[str, ...]) -> Iterable[str]:
    if name in seen:
        raise ValueError(f"set {name} takes itself in")
    if name not in sets:
        raise ValueError(f"set {seen[-1]} takes in {name}, which does not exist")
    for term in sets[name]:
        if term.startswith("@"):
            yield from _expand(term[1:], sets, (*seen, name))
        else:
            yield term


def _readings(term: str) -> Iterable[tuple[tuple[str, ...], tuple[bool, ...]]]:
    """Return the word sequences that a term stands for."""
    readings: list[tuple[tuple[str, ...], tuple[bool, ...]]] = [((), ())]
    for part in term.split():
        stem, mark = (part[:-1], part[-1]) if part[-1] in "+*" else (part, "")
        words = [token.text for token in tokenize(fold(stem).text)]
        if not words:
            raise ValueError(f"term {term!r} has no word")
        last_forms = _inflections(words[-1]) if mark == "+" else [words[-1]]
        flags = (False,) * (len(words) - 1) + (mark == "*",)
        readings = [
            (before + (*words[:-1], form), prefixes + flags)
            for before, prefixes in readings
            for form in last_forms
        ]
    return readings


_VOWELS = "aeiou"


def _inflections(word: str) -> list[str]:
    """Return a word with its regular endings."""
    forms = {word, word + "s"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.add(word + "es")
    if word.endswith("e"):
        forms |= {word + "d", word + "r", word + "rs", word[:-1] + "ing", word[:-1] + "ings"}
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        forms |= {word[:-1] + end for end in ("ies", "ied", "ier", "iest")} | {word + "ing"}
    else:
        stems = {word}
        if len(word) > 2 and word[-1] not in "wxy" + _VOWELS and word[-2] in _VOWELS:
            stems.add(word + word[-1])
        for stem in stems:
            forms |= {stem + end for end in ("ed", "ing", "ings", "er", "ers")}
    return sorted(forms)
