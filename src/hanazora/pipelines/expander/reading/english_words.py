"""From English text to tokens: the longest phrase that the lexicon knows, at every place."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from hanazora.pipelines.expander.reading.draft import MORE
from hanazora.pipelines.expander.reading.spelling import (
    TypoFinder,
    base_forms,
    plural_forms,
    real_words,
    verb_forms,
)
from hanazora.pipelines.expander.reading.tokens import COMMA, STOP, UNKNOWN, Token
from hanazora.world.frames_of_speech import (
    COUPLE_VERBS,
    FILLERS,
    FIXED_TEXTS,
    SCRIPT_SENTENCES,
)
from hanazora.world.speech import words
from hanazora.world.speech.verbs import PASSIVES, VERBS
from hanazora.world.vocabulary import MAX_COUNT

_PIECE = re.compile(r"&|[^\W_]+(?:'[a-z]+)?|[.,;:!?()\n]")
_STOPS = frozenset(".;:!?\n")
_SLOT = re.compile(r"\{\w\}")
_CAPTION_TABLES: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("colour", words.COLOURS),
    ("size", words.SIZES),
    ("pattern", words.PATTERNS),
    ("extra", words.EXTRAS),
    ("setting", words.NOUN_OF_SETTING),
    ("setting", words.PLACES),
    ("setting", words.DETAILS),
    ("weather", words.WEATHERS),
    ("time", words.TIMES),
    ("style", words.STYLES),
    ("camera", words.CAMERAS),
    ("camera", words.CAMERA_NOUNS),
    ("direction", words.DIRECTIONS),
    ("direction", words.CLEAR_DIRECTIONS),
    ("relation", words.RELATIONS),
)


class Entry(NamedTuple):
    """A phrase of the lexicon, as words, and what it means."""

    words: tuple[str, ...]
    tag: str
    value: str


class Lexicon:
    """Phrases by their first word, the longest first; and the words they are made of."""

    def __init__(self, entries: Iterable[Entry], irregular: Mapping[str, str]) -> None:
        self.irregular = irregular
        unique = {entry.words: entry for entry in entries if entry.words}
        self.by_first: dict[str, list[Entry]] = {}
        for entry in unique.values():
            self.by_first.setdefault(entry.words[0], []).append(entry)
        for group in self.by_first.values():
            group.sort(key=lambda entry: -len(entry.words))
        self.words = frozenset(word for phrase in unique for word in phrase)
        spellings = set(irregular)
        for entry in unique.values():
            if entry.tag in ("word", "camera_word", UNKNOWN):
                continue
            is_verb = entry.tag == "action"
            spellings |= {
                *entry.words,
                *(verb_forms(entry.words[0]) if is_verb else plural_forms(entry.words[-1])),
            }
        self.typos = TypoFinder(spellings)

    def readings(self, word: str) -> tuple[str, ...]:
        """Return the known words that this may be a form of, the word itself first."""
        found = [form for form in base_forms(word) if form in self.words]
        base = self.irregular.get(word)
        return (*found, base) if base is not None and base not in found else tuple(found)


def normalise(text: str) -> str:
    """Return the text in small letters, with spaces for hyphens, plain quotes and named emoji."""
    plain = name_emoji(text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(r"[-_/\N{EN DASH}\N{EM DASH}\"]+", " ", plain)


def name_emoji(text: str) -> str:
    """Return the text with the name in Unicode, between commas, for every emoji."""
    return "".join(
        f", {unicodedata.name(letter, '').split(' WITH')[0]}, "
        if unicodedata.category(letter) == "So"
        else letter
        for letter in text
    )


def split_words(text: str) -> list[str]:
    """Return the words and punctuation marks of a text."""
    return _PIECE.findall(normalise(text))


@cache
def english_lexicon() -> Lexicon:
    """Read the packaged lexicon and add every phrase that captions use."""
    source = resources.files(__package__).joinpath("data/en.toml").read_text("utf-8")
    data = tomllib.loads(source)
    irregular = data.pop("irregular")
    own = [Entry(found, "word", "glue") for found in _fixed_phrases()]
    own += [
        Entry(tuple(split_words(phrase)), tag, value)
        for tag, table in data.items()
        for value, phrases in table.items()
        for phrase in phrases
    ]
    # The captions' own words come last: they win over ours.
    return Lexicon([*own, *_caption_entries()], {**_plurals(), **irregular})


def _fixed_phrases() -> Iterator[tuple[str, ...]]:
    """Return what sentence frames write themselves: "a video of", "our eyes fall on"."""
    for text in (*FIXED_TEXTS, *(t for group in SCRIPT_SENTENCES.values() for t in group)):
        for piece in re.split(r"\{\w+\}|[\[\].,:;]", text):
            found = tuple(split_words(piece))
            if len(found) > 1 and found[-1] != "same":
                yield found


def _plurals() -> dict[str, str]:
    pairs = [pair for group in words.NOUNS.values() for pair in group]
    return {plural: single for single, plural in pairs if " " not in plural and plural != single}


def _caption_entries() -> Iterator[Entry]:
    for kind, pairs in words.NOUNS.items():
        yield from (Entry(tuple(split_words(single)), "kind", kind) for single, _ in pairs)
    for action, by_group in VERBS.items():
        for phrase in (phrase for group in by_group.values() for phrase in group):
            yield from _verb_entries(action, phrase)
    for tag, table in _CAPTION_TABLES:
        for value, phrases in table.items():
            for phrase in phrases:
                text = _SLOT.sub("", phrase)
                yield Entry(tuple(split_words(text.removesuffix("."))), tag, value)
    for action, phrases in PASSIVES.items():
        yield from (Entry(tuple(split_words(phrase)), "by", action) for phrase in phrases)
    for verb in COUPLE_VERBS:
        yield Entry(tuple(split_words(verb)), "together", "walk")
    for text in FILLERS:
        yield Entry(tuple(split_words(text.strip("."))), "word", "glue")


def _verb_entries(action: str, phrase: str) -> Iterator[Entry]:
    """Cut "*leave the picture{d} and *come back" into "leave the picture" and "come back"."""
    for number, part in enumerate(re.split(r"\{\w\}", phrase.replace("*", ""))):
        found = tuple(word for word in split_words(part) if word not in ("and", "later"))
        meaning = "leave" if action == "return" and number == 0 else action
        known = number == 0 or action == "return"
        # "Walks away and returns" leaves, but "walks away" alone does not.
        if found and known and found != ("walk", "away"):
            yield Entry(found, "action", meaning)


def read_english(text: str) -> list[Token]:
    """Cut a text into tokens; what no phrase covers is tagged unknown."""
    lexicon = english_lexicon()
    found = [_read_word(lexicon, word) for word in split_words(text)]
    tokens = []
    place = 0
    while place < len(found):
        token, length = _next_token(lexicon, found, place)
        tokens.append(token)
        place += length
    return tokens


class _Word(NamedTuple):
    """A word as typed, as it was meant, and the known words that it may be a form of."""

    typed: str
    meant: str
    readings: tuple[str, ...]


def _read_word(lexicon: Lexicon, word: str) -> _Word:
    found = lexicon.readings(word)
    meant = None if found else lexicon.typos.nearest(word, real_words())
    if meant is None:
        return _Word(word, word, found)
    return _Word(word, meant, (meant, *lexicon.readings(meant)))


def _next_token(lexicon: Lexicon, found: Sequence[_Word], place: int) -> tuple[Token, int]:
    word = found[place].typed
    if not word[0].isalnum() and word[0] != "&":
        return Token(STOP if word in _STOPS else COMMA, word, word), 1
    best: Entry | None = None
    for first in found[place].readings:
        for entry in lexicon.by_first.get(first, ()):
            longer = best is None or len(entry.words) > len(best.words)
            if longer and _matches(entry.words, found, place):
                best = entry
                break
    if best is None:
        many = word.isdecimal() and int(word) > MAX_COUNT
        return Token("number", MORE, word) if many else Token(UNKNOWN, word, word), 1
    said = found[place : place + len(best.words)]
    last = said[-1].meant
    return Token(
        best.tag,
        best.value,
        " ".join(word.typed for word in said),
        plural=last != best.words[-1] and (last.endswith("s") or last in lexicon.irregular),
        origin="typo" if any(word.typed != word.meant for word in said) else "said",
    ), len(said)


def _matches(phrase: tuple[str, ...], found: Sequence[_Word], place: int) -> bool:
    if place + len(phrase) > len(found):
        return False
    return all(word in found[place + offset].readings for offset, word in enumerate(phrase))
