"""Sets of terms, and finding them in a text in one pass over its tokens.

A term is one or more words. Its notation: `word` is that word only, `word+` the word with its
endings (stab, stabs, stabbed, stabbing, stabber), `word*` everything that begins so. A word of a
script that does not set spaces is found anywhere. The set named `harmless` holds fixed phrases
("blood orange", "killer whale"): nothing inside them is found.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hanazora.safety.text.folding import fold

HARMLESS = "harmless"
"""Name of the set of phrases whose words mean nothing bad."""

MIN_PREFIX, MAX_PREFIX = 3, 14

_TOKEN = re.compile(
    r"[a-z0-9]+(?:'[a-z]+)?|[^\W\d_]|[^\w\s.,:;!?'\"()\[\]{}<>/\\|*+=~`^%$#@&-]|[.!?;\n]"
)
_SENTENCE_END = frozenset(".!?;\n。")
_ENDING = re.compile(r"'s?$")


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


class _Term(NamedTuple):
    words: tuple[str, ...]
    is_prefix: tuple[bool, ...]
    groups: tuple[str, ...]


def tokenize(text: str) -> list[Token]:
    """Split a folded text into tokens, counting sentences."""
    tokens, sentence = list[Token](), 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word in _SENTENCE_END:
            sentence += 1
            continue
        stem = _ENDING.sub("", word)
        tokens.append(Token(stem, match.start(), match.start() + len(stem), sentence))
    return tokens


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

    def _add(self, term: _Term) -> None:
        table = self._prefix if term.is_prefix[0] else self._exact
        table.setdefault(term.words[0], []).append(term)
        words = [word for word in term.words if len(word) > 1 and word.isascii()]
        self.words.update(words)
        if len(term.words) == 1:
            self.single_words.update(words)

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """Return all terms in a text; those inside a harmless phrase are left out."""
        hits, harmless = set[Hit](), list[Hit]()
        for index, token in enumerate(tokens):
            for term in self._starting(token.text):
                if not _matches(term, tokens, index):
                    continue
                end = index + len(term.words)
                for group in term.groups:
                    hit = Hit(group, index, end)
                    if group == HARMLESS:
                        harmless.append(hit)
                    else:
                        hits.add(hit)
        kept = [hit for hit in hits if not any(_inside(hit, phrase) for phrase in harmless)]
        return sorted(kept, key=lambda hit: (hit.first, hit.end, hit.group))

    def _starting(self, word: str) -> Iterable[_Term]:
        yield from self._exact.get(word, ())
        for length in range(min(MIN_PREFIX, len(word)), min(len(word), MAX_PREFIX) + 1):
            yield from self._prefix.get(word[:length], ())


def _matches(term: _Term, tokens: Sequence[Token], index: int) -> bool:
    if index + len(term.words) > len(tokens):
        return False
    for offset in range(1, len(term.words)):
        word = tokens[index + offset].text
        expected = term.words[offset]
        if not (word.startswith(expected) if term.is_prefix[offset] else word == expected):
            return False
    return True


def _inside(hit: Hit, phrase: Hit) -> bool:
    # A term that is longer than the phrase, as in "killer whale corpse", still counts.
    return phrase.first <= hit.first and hit.end <= phrase.end


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
