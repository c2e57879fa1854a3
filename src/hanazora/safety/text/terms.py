"""Sets of terms, and finding them in a text in one pass over its tokens.

A term is one or more words. Its notation: `word` is that word only, `word+` the word with its
endings (stab, stabs, stabbed, stabbing, stabber), `word*` everything that begins so. A word of a
script that does not set spaces is found anywhere. The set named `harmless` holds fixed phrases
("blood orange", "killer whale"): nothing inside them is found.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress
from operator import add
from types import MappingProxyType
from typing import NamedTuple

from hanazora.safety.text.folding import fold
from hanazora.safety.text.remembered import Remembered

HARMLESS = "harmless"
"""Name of the set of phrases whose words mean nothing bad."""

MIN_PREFIX, MAX_PREFIX = 3, 14

_TOKEN = re.compile(
    r"[a-z0-9]+(?:'[a-z]+)?|[^\W\d_]|[^\w\s.,:;!?'\"()\[\]{}<>/\\|*+=~`^%$#@&-]|[.!?;\n]"
)
_SENTENCE_END = frozenset(".!?;\n。")
_REMEMBERED_TEXTS = 8


class Tokens(NamedTuple):
    """The words of a text, and single characters of scripts without spaces, by their index.

    Columns instead of rows: thousands of small tuples would cost more than the reading.
    """

    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[int]
    """Number of the sentence that each stands in."""


class Hit(NamedTuple):
    """A place in a text that is a term of one or more sets."""

    groups: tuple[str, ...]
    """Names of the sets, in order."""

    first: int
    """Index of its first token."""

    end: int
    """One past the index of its last token."""


class Terms(NamedTuple):
    """What the sets find in a text."""

    tokens: Tokens
    """Its words."""

    hits: Sequence[Hit]
    """In the order of their places."""

    sentence_hits: Sequence[Hit]
    """The same when each sentence is read by itself."""


_NO_WORDS: Mapping[str, "_Node"] = MappingProxyType({})


class _Node:
    """What may follow the beginning of a term: a tree of words."""

    __slots__ = ("followed_by", "groups", "open")

    def __init__(self) -> None:
        self.groups: tuple[str, ...] = ()
        """The sets of the term that ends here."""
        self.followed_by: Mapping[str, _Node] = _NO_WORDS
        self.open: tuple[tuple[str, _Node], ...] = ()
        """What follows a word that begins so."""

    def then(self, word: str, *, is_prefix: bool) -> "_Node":
        """Return the node behind a word, made where there is none."""
        known = dict(self.open) if is_prefix else self.followed_by
        if word in known:
            return known[word]
        node = _Node()
        if is_prefix:
            self.open = (*self.open, (word, node))
        elif isinstance(self.followed_by, dict):
            self.followed_by[word] = node
        else:
            self.followed_by = {word: node}
        return node


def _sharing(node: _Node, leaves: dict[tuple[str, ...], _Node]) -> _Node:
    """Return a tree in which equal leaves are one.

    Most nodes are leaves. The interpreter's collector looks at every object now and then, in the
    middle of any text, so tens of thousands of them would cost more than the text.
    """
    if not node.followed_by and not node.open:
        return leaves.setdefault(node.groups, node)
    if node.followed_by:
        behind = node.followed_by.items()
        node.followed_by = {word: _sharing(after, leaves) for word, after in behind}
    node.open = tuple((prefix, _sharing(after, leaves)) for prefix, after in node.open)
    return node


class _Starting(NamedTuple):
    """The terms that begin with a word."""

    alone: tuple[str, ...]
    """The sets of those that end with it, too, in order."""

    is_harmless: bool
    """Whether a harmless phrase is this word only."""

    nodes: tuple[_Node, ...]
    """How the others go on."""

    seconds: frozenset[str]
    """The words that they may go on with, besides those that begin in a certain way."""

    is_open: bool
    """Whether there are such beginnings."""


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def tokenize(text: str) -> Tokens:
    """Split a folded text into tokens, counting sentences.

    The last few texts are remembered: terms, names and learned words all read the same tokens.
    """
    words = _TOKEN.findall(text)
    stops = [word in _SENTENCE_END for word in words]
    kept = [not stop for stop in stops]
    starts = list(compress([match.start() for match in _TOKEN.finditer(text)], kept))
    sentences = list(compress(accumulate(stops), kept))
    texts = list(compress(words, kept))
    if "'" in text:
        texts = [word.removesuffix("'s") for word in texts]
    return Tokens(texts, starts, list(map(add, starts, map(len, texts))), sentences)


_NOTHING = _Starting((), False, (), frozenset(), False)


class TermSets:
    """All sets of terms, indexed by their first word.

    Args:
        sets: the terms of each set; "@other" takes in the terms of another set.
    """

    def __init__(self, sets: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, _Node] = {}
        self._prefix: dict[str, _Node] = {}
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
                self._add(words, is_prefix, names)
        leaves: dict[tuple[str, ...], _Node] = {}
        for table in (self._exact, self._prefix):
            table.update({word: _sharing(node, leaves) for word, node in table.items()})
        self.read = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._read)
        """What is in a folded text; the last few are remembered."""
        self._starting = Remembered(self._terms_from)

    def _add(self, words: Sequence[str], is_prefix: Sequence[bool], groups: Sequence[str]) -> None:
        table = self._prefix if is_prefix[0] else self._exact
        node = table.get(words[0])
        if node is None:
            node = table[words[0]] = _Node()
        for word, is_open in zip(words[1:], is_prefix[1:], strict=True):
            node = node.then(word, is_prefix=is_open)
        node.groups = tuple(dict.fromkeys((*node.groups, *groups)))
        latin = [word for word in words if len(word) > 1 and word.isascii()]
        self.words.update(latin)
        if len(words) == 1:
            self.single_words.update(latin)

    def find(self, tokens: Tokens) -> list[Hit]:
        """Return all terms in a text; those inside a harmless phrase are left out."""
        return _outside(*self._all_hits(tokens))

    def _read(self, text: str) -> Terms:
        tokens = tokenize(text)
        hits, harmless = self._all_hits(tokens)
        places = tokens.sentences
        within = [hit for hit in hits if places[hit.first] == places[hit.end - 1]]
        apart = [hit for hit in harmless if places[hit.first] == places[hit.end - 1]]
        same = len(within) == len(hits) and len(apart) == len(harmless)
        found = _outside(hits, harmless)
        return Terms(tokens, found, found if same else _outside(within, apart))

    def _all_hits(self, tokens: Tokens) -> tuple[list[Hit], list[Hit]]:
        """Return all terms and all harmless phrases, each ordered by beginning and end."""
        hits, harmless = list[Hit](), list[Hit]()
        texts = tokens.texts
        found = map(self._starting.__getitem__, texts)
        following = chain(texts[1:], ("",))
        for index, (starting, second) in enumerate(zip(found, following, strict=False)):
            if starting is _NOTHING:
                continue
            alone, is_harmless, nodes, seconds, is_open = starting
            if alone:
                hits.append(Hit(alone, index, index + 1))
            if is_harmless:
                harmless.append(Hit((HARMLESS,), index, index + 1))
            if second not in seconds and not is_open:
                continue
            for past, groups in _longer(nodes, texts, index + 1):
                if HARMLESS in groups:
                    harmless.append(Hit((HARMLESS,), index, past))
                    groups.discard(HARMLESS)
                if groups:
                    hits.append(Hit(tuple(sorted(groups)), index, past))
        return hits, harmless

    def _terms_from(self, word: str) -> _Starting:
        nodes = [self._exact[word]] if word in self._exact else []
        for length in range(min(MIN_PREFIX, len(word)), min(len(word), MAX_PREFIX) + 1):
            if word[:length] in self._prefix:
                nodes.append(self._prefix[word[:length]])
        if not nodes:
            return _NOTHING
        alone = {group for node in nodes for group in node.groups}
        return _Starting(
            tuple(sorted(alone - {HARMLESS})),
            HARMLESS in alone,
            tuple(node for node in nodes if node.followed_by or node.open),
            frozenset().union(*(node.followed_by for node in nodes)),
            any(node.open for node in nodes),
        )


def _longer(
    nodes: Sequence[_Node], texts: Sequence[str], end: int
) -> Iterator[tuple[int, set[str]]]:
    """Yield where the terms of several words end that go on from a place, and their sets."""
    while nodes and end < len(texts):
        word, behind = texts[end], list[_Node]()
        for node in nodes:
            if word in node.followed_by:
                behind.append(node.followed_by[word])
            if node.open:
                behind += [after for prefix, after in node.open if word.startswith(prefix)]
        nodes, end = behind, end + 1
        groups = [group for node in nodes for group in node.groups]
        if groups:
            yield end, set(groups)


def _outside(hits: list[Hit], harmless: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in order of their places, that no harmless phrase holds whole.

    A term that is longer than the phrase, as in "killer whale corpse", still counts.
    """
    if not harmless:
        return hits
    reaches = {hit.first: hit.end for hit in harmless}  # the last one of a place is the longest
    outside, reach, done = list[Hit](), 0, 0
    for hit in hits:
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
        words = _words_of(stem)
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


def _words_of(stem: str) -> Sequence[str]:
    if stem.isascii() and stem.isalnum():  # one word, as most are: the long way takes long
        return (stem.lower(),)
    return tokenize(fold(stem).text).texts


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
