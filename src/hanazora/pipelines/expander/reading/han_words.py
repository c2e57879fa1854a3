"""From Chinese and Japanese text to tokens: the longest entry of the lexicon at every place.

Neither language puts spaces between words. Japanese verbs are listed as stems; the ending is found
by rule and tells whether the verb may stand before a noun ("the walking two").
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from hanazora.pipelines.expander.reading.draft import MORE
from hanazora.pipelines.expander.reading.english_words import name_emoji, read_english
from hanazora.pipelines.expander.reading.tokens import COMMA, STOP, UNKNOWN, Token
from hanazora.world.vocabulary import MAX_COUNT

_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"[0-9]+(?![a-z0-9])")
_LATIN = re.compile(r"[a-z0-9]+(?:[ '-]+[a-z0-9]+)*")
_STOPS, _COMMAS = "\u3002.!?;:\n", "\u3001\u30fb\u300c\u300d\u300e\u300f,()~\u2014-"


class _Rules(NamedTuple):
    """What is not a word of its own, from the lexicon's table "rules"."""

    measures: frozenset[str]
    """Letters behind a number that count something."""
    plurals: tuple[str, ...]
    """Marks behind a noun."""
    endings: tuple[str, ...]
    """Endings of verbs behind the stem; none in Chinese."""
    before_nouns: frozenset[str]
    """Last letters of the forms of a verb that may stand before a noun."""
    manner: tuple[str, ...]
    """Words for how something is done; they may stand anywhere, and nothing shows them."""


class Entry(NamedTuple):
    """An entry of the lexicon and what it means: one or more (tag, value)."""

    text: str
    meanings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HanToken(Token):
    """A token, and whether it is a verb in the form that stands before a noun."""

    before_noun: bool = False


def language_of(text: str) -> str:
    """Return "ja" for a text with kana, "en" for one without Han characters.

    Han characters alone may be either: one that only Chinese simplified decides, or else the
    lexicon that covers more of them.
    """
    if _KANA.search(text):
        return "ja"
    if not _HAN.search(text):
        return "en"
    japanese = _unknown_letters(text, "ja")
    if any(letter in _simplified().values() for letter in japanese):
        return "zh"
    return "ja" if len(japanese) < len(_unknown_letters(text, "zh")) else "zh"


def _unknown_letters(text: str, language: str) -> str:
    # What is listed as foreign is covered: a value tells it from what nobody knows.
    return "".join(t.text for t in read_han(text, language) if t.tag == UNKNOWN and not t.value)


@cache
def _simplified() -> dict[int, str]:
    pairs = _tables("zh")["traditional"]["all"][0]
    return {ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)}


@cache
def _rules(language: str) -> _Rules:
    table = _tables(language)["rules"]
    return _Rules(
        measures=frozenset(table["measures"]),
        plurals=tuple(table["plurals"]),
        endings=tuple(table["endings"]),
        before_nouns=frozenset(table["before_nouns"]),
        manner=tuple(table["manner"]),
    )


@cache
def _tables(language: str) -> dict[str, dict[str, list[str]]]:
    path = resources.files(__package__).joinpath(f"data/{language}.toml")
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(path.read_text("utf-8"))
    return tables


@cache
def _lexicon(language: str) -> dict[str, list[Entry]]:
    """Read a packaged lexicon: entries by their first letter, the longest first."""
    entries: dict[str, Entry] = {}
    for tag, table in _tables(language).items():
        for value, phrases in table.items() if tag not in ("traditional", "rules") else ():
            pairs = [(tag, value)]
            if tag == "several":
                pairs = [(t, v) for t, _, v in (pair.partition(":") for pair in value.split())]
            entries |= {phrase: Entry(phrase, tuple(pairs)) for phrase in phrases}
    by_first: dict[str, list[Entry]] = {}
    for phrase, entry in entries.items():
        by_first.setdefault(phrase[0], []).append(entry)
    for group in by_first.values():
        group.sort(key=lambda entry: -len(entry.text))
    return by_first


def read_han(text: str, language: str) -> list[HanToken]:
    """Cut a text into tokens; what no entry covers is tagged unknown.

    Args:
        text: Chinese or Japanese; wide letters and digits are read as plain ones.
        language: "zh" or "ja".
    """
    plain = name_emoji(unicodedata.normalize("NFKC", text)).lower()
    if language == "zh":
        plain = plain.translate(_simplified())
    left_out = []
    for word in _rules(language).manner:
        if word in plain:
            plain = plain.replace(word, "")
            left_out.append(HanToken(UNKNOWN, word, word))
    tokens: list[HanToken] = []
    place = 0
    while place < len(plain):
        found, length = _next_tokens(plain, place, language)
        if found and tokens and found[0].is_a(UNKNOWN, "") and tokens[-1].is_a(UNKNOWN, ""):
            found = [HanToken(UNKNOWN, "", tokens.pop().text + found[0].text)]
        tokens += found
        place += length
    return tokens + left_out


def _read_latin(text: str) -> list[HanToken]:
    """Read English words between the others: "cyberpunk"."""
    return [HanToken(t.tag, t.value, t.text, t.plural, t.origin) for t in read_english(text)]


def _read_number(text: str, place: int, said: str, language: str) -> tuple[list[HanToken], int]:
    length = len(said) + (text[place + len(said) :][:1] in _rules(language).measures)
    value = said if 0 < int(said) <= MAX_COUNT else MORE
    return [HanToken("number", value, text[place : place + length])], length


def _next_tokens(text: str, place: int, language: str) -> tuple[list[HanToken], int]:
    letter = text[place]
    if letter.isspace():
        return [], 1
    if letter in _STOPS or letter in _COMMAS:
        return [HanToken(STOP if letter in _STOPS else COMMA, letter, letter)], 1
    if number := _NUMBER.match(text, place):
        return _read_number(text, place, number.group(), language)
    if latin := _LATIN.match(text, place):
        return _read_latin(latin.group()), len(latin.group())
    best: tuple[Entry, int] | None = None
    for entry in _lexicon(language).get(letter, ()):
        if text.startswith(entry.text, place):
            length = len(entry.text) + _ending(text, place + len(entry.text), entry, language)
            if best is None or length > best[1]:
                best = entry, length
    if best is None:
        return [HanToken(UNKNOWN, "", letter)], 1
    return _meant(text, place, *best, language)


def _ending(text: str, place: int, entry: Entry, language: str) -> int:
    """Return the length of the verb ending at a place, 0 for anything but a verb."""
    if all(tag != "action" for tag, _ in entry.meanings):
        return 0
    fitting = (ending for ending in _rules(language).endings if text.startswith(ending, place))
    return max(map(len, fitting), default=0)


def _meant(
    text: str, place: int, entry: Entry, length: int, language: str
) -> tuple[list[HanToken], int]:
    if entry.meanings[0][0] == "number":
        after = place + length
        measured = text[after : after + 1] in _rules(language).measures
        length += measured
        said = text[place : place + length]
        return [HanToken("number", entry.meanings[0][1], said)], length
    plural = False
    if entry.meanings[0][0] == "kind":
        mark = next((m for m in _rules(language).plurals if text.startswith(m, place + length)), "")
        plural = bool(mark)
        length += len(mark)
    said = text[place : place + length]
    before = said[-1] in _rules(language).before_nouns
    tokens = [
        HanToken(tag, value, said, plural, before_noun=before) for tag, value in entry.meanings
    ]
    return tokens, length
