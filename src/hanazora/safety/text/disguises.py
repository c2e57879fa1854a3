"""Undoes what is done to a word so that a list does not find it.

Letters replaced by digits and signs, set apart, repeated, masked, swapped or left out, words
written backwards, and text wrapped in ROT13, base64, hexadecimal, percent signs or entities. A
repair is made only where it yields a word of the lists: "3d" and "4k" stay what they are. Every
repaired character keeps the place of its original.
"""

import base64
import binascii
import codecs
import html
import itertools
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hanazora.safety.text.folding import Folded
from hanazora.safety.text.remembered import Remembered

MIN_ODD_WORD = 5
"""Shorter words are not looked for backwards, rotated or with a letter wrong."""

_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "(": "c", "<": "c", "\u20ac": "e",
    "\u00a3": "l", "\u00a5": "y", "\u00a2": "c",
}  # fmt: skip
_MAX_READINGS = 16
_SEPARATOR = r"[\s._\-*/~,:;'\"|+\u2022]{1,4}"
_SPACED = re.compile(rf"(?<![a-z0-9])[a-z0-9@$](?:{_SEPARATOR}[a-z0-9@$!]){{2,}}(?![a-z0-9])")
_WORD = re.compile(r"[^\s,;:\"\[\]{}?]+")
_INNER = re.compile(r"(?<=[a-z0-9@$!])[._\-*/~'`^|\\+#]+(?=[a-z0-9@$!])")
_MASK = re.compile(r"[*#_\-.@%&x]")
_REPEAT = re.compile(r"(.)\1+")
_SHORT_WORDS = frozenset("a i is in on of to at an by he up as it my me no or us".split())
_FUNCTION_WORDS = frozenset("a an the of in on and with is are at to from by her his for".split())

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}(?![A-Za-z0-9+/_=-])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,]?){5,}(?![0-9A-Za-z])")
_BINARY = re.compile(r"(?<!\d)(?:[01]{8}[ ,]?){4,}(?!\d)")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]+;|[^\s\\%&]){0,400}")
_MIN_DECODED = 4


class Wordlist:
    """The words that a repair may yield.

    Args:
        words: every word of the lists.
        strong: words that are refused by themselves; looked for under heavier disguises.
        ordinary: words that differ from a strong one by a letter and are what they are.
    """

    def __init__(
        self, words: Iterable[str], strong: Iterable[str], ordinary: Iterable[str]
    ) -> None:
        self.words = {word for word in words if len(word) >= 3}
        self.ordinary = frozenset(ordinary)
        self.strong = {word for word in strong if len(word) >= MIN_ODD_WORD} - self.ordinary
        self.beginnings = {word[:end] for word in self.words for end in range(1, len(word) + 1)}
        self._longest = max(map(len, self.strong), default=0)
        self.squeezed: dict[str, str] = {}
        self.masked: dict[tuple[int, str], list[str]] = {}
        self._near: dict[str, tuple[str, ...]] = {}
        for word in sorted(self.words):
            self.squeezed.setdefault(_squeeze(word), word)
            self.masked.setdefault((len(word), word[0]), []).append(word)
        for word in sorted(self.strong):
            for shorter in _deletions(word):
                self._near[shorter] = (*self._near.get(shorter, ()), word)
        self.repaired = Remembered(self._read).__getitem__
        """Returns the word of the lists, or the short word, that a token stands for, or none."""

    def _read(self, token: str) -> str | None:
        return repair_word(token, self) or _short_word(token)

    def near(self, word: str) -> str | None:
        """Return the strong word that differs by one letter, or by two that are swapped."""
        if not MIN_ODD_WORD <= len(word) <= self._longest + 1:
            return None
        if word in self.ordinary or word in self.words:
            return None
        for shorter in _deletions(word):
            for other in self._near.get(shorter, ()):
                if _one_edit(word, other):
                    return other
        return None


class Decoded(NamedTuple):
    """Text that was wrapped in an encoding."""

    text: str
    span: tuple[int, int]
    """Where the wrapping stands in the original."""

    encoding: str


def undisguise(folded: Folded, wordlist: Wordlist) -> Folded | None:
    """Return the text with disguised words in clear, or none where nothing was disguised."""
    repairs = list(_repairs(folded.text, wordlist))
    # A "4" is an "a" only where other words are disguised, too.
    if all(plain in _SHORT_WORDS for _, _, plain in repairs):
        return None
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for start, end, plain in repairs:
        pieces += [folded.text[done:start], plain]
        origin += folded.origin[done:start]
        # The characters of a repaired word share its length evenly, so that a span covers it all.
        places = [start + index * (end - start) // len(plain) for index in range(len(plain))]
        places[-1] = end - 1
        origin += [folded.origin[place] for place in places]
        done = end
    return Folded("".join([*pieces, folded.text[done:]]), [*origin, *folded.origin[done:]])


def turned(folded: Folded) -> Iterator[Folded]:
    """Yield the whole text in ROT13 or backwards, where that reads more like English."""
    count = _function_words(folded.text)
    rotated = codecs.encode(folded.text, "rot13")
    if _function_words(rotated) > count:
        yield Folded(rotated, folded.origin)
    backwards = folded.text[::-1]
    if _function_words(backwards) > count:
        yield Folded(backwards, list(folded.origin)[::-1])


def decoded(text: str) -> list[Decoded]:
    """Return what is wrapped in base64, hexadecimal, binary digits, escapes or entities."""
    found = []
    for pattern, decode, name in (
        (_BASE64, _BASE64_TEXTS.__getitem__, "base64"),
        (_HEX, _from_hex, "hex"),
        (_BINARY, _from_binary, "binary"),
    ):
        plain = list(map(decode, pattern.findall(text)))
        if any(plain):
            places = zip(pattern.finditer(text), plain, strict=True)
            found += [Decoded(inner, each.span(), name) for each, inner in places if inner]
    if "%" in text or "&" in text or "\\u" in text:
        bare = html.unescape(urllib.parse.unquote(text))
        bare = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), bare)
        if bare != text:
            found.append(Decoded(bare, (0, len(text)), "escapes"))
    return found


def _repairs(text: str, wordlist: Wordlist) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and the plain form of each disguised piece, in order."""
    done = 0
    for match in _SPACED.finditer(text):
        yield from _word_repairs(text, done, match.start(), wordlist)
        plain = _join_spaced(match.group(), wordlist)
        if plain is not None:
            yield match.start(), match.end(), plain
        done = match.end()
    yield from _word_repairs(text, done, len(text), wordlist)


def _word_repairs(
    text: str, start: int, end: int, wordlist: Wordlist
) -> Iterator[tuple[int, int, str]]:
    meant = list(map(wordlist.repaired, _WORD.findall(text, start, end)))
    if any(meant):  # in most texts nothing is disguised
        for match, plain in zip(_WORD.finditer(text, start, end), meant, strict=True):
            if plain is not None:
                yield match.start(), match.end(), plain


def _short_word(token: str) -> str | None:
    """Return the word of one or two letters that a token may stand for."""
    if token in _SHORT_WORDS or len(token) > 6:
        return None
    reading = _squeeze("".join(_LEET.get(character, character)[0] for character in token))
    return reading if reading in _SHORT_WORDS else None


def _join_spaced(run: str, wordlist: Wordlist) -> str | None:
    """Join letters that are set apart; None where they spell no word of the lists."""
    parts = re.split(f"({_SEPARATOR})", run)
    letters, separators = parts[::2], parts[1::2]
    usual = Counter(separators).most_common(1)[0][0]
    words = [letters[0]]
    for separator, letter in zip(separators, letters[1:], strict=True):
        if separator == usual:
            words[-1] += letter
        else:
            words.append(letter)
    if len(words) == 1 and len(words[0]) < 3:
        return None
    plain, found = [], False
    for word in words:
        reading = next((each for each in _readings(word) if each in wordlist.words), None)
        cut = [reading] if reading else _segment(next(iter(_readings(word))), wordlist)
        found = found or any(len(each) >= 3 and each in wordlist.words for each in cut)
        plain += cut
    return " ".join(plain) if found else None


def _segment(letters: str, wordlist: Wordlist) -> list[str]:
    """Cut letters without spaces into words of the lists, leaving as few letters over as can be."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    starts: list[list[int]] = [[] for _ in range(len(letters) + 1)]
    for end in range(1, len(letters) + 1):
        for past in _word_ends(letters, end - 1, wordlist):
            starts[past].append(end - 1)
        options = [(best[end - 1][0] + 1.0, end - 1)]
        options += [(best[start][0] + 0.3, start) for start in starts[end]]
        best.append(min(options))
    cuts, end = [len(letters)], len(letters)
    while end > 0:
        end = best[end][1]
        cuts.append(end)
    pieces = [letters[start:end] for end, start in itertools.pairwise(cuts)][::-1]
    words: list[str] = []
    for piece in pieces:
        if len(piece) == 1 and words and words[-1] not in wordlist.words:
            words[-1] += piece
        else:
            words.append(piece)
    return words


def _word_ends(letters: str, start: int, wordlist: Wordlist) -> Iterator[int]:
    """Yield where the words of the lists end that begin at a letter."""
    for end in range(start + 1, len(letters) + 1):
        piece = letters[start:end]
        if piece not in wordlist.beginnings:
            return
        if piece in wordlist.words:
            yield end


def repair_word(token: str, wordlist: Wordlist) -> str | None:
    """Return the word of the lists that a token stands for, or none."""
    token = token.strip(".'`!-_()|/\\")
    if len(token) < 3 or not token.isprintable():
        return None
    if token.isalpha():
        if token in wordlist.words or token in wordlist.ordinary:
            return None
        return _repair_letters(token, wordlist)
    for reading in _sign_readings(token):
        if reading in wordlist.words:
            return reading
        if reading.isalpha() and _REPEAT.search(reading):
            squeezed = _repair_letters(reading, wordlist)
            if squeezed is not None:
                return squeezed
    return _unmask(token, wordlist)


def _sign_readings(token: str) -> Iterator[str]:
    """Yield a token with signs inside left out and digits and signs read as letters."""
    bare = _INNER.sub("", token)
    if bare != token and len(bare) >= 4:
        yield bare
    if any(character.isalpha() for character in token):
        yield from _readings(token)
        if bare != token:
            yield from _readings(bare)


def _repair_letters(word: str, wordlist: Wordlist) -> str | None:
    if not word.isascii():
        return None
    runs = [len(match.group()) for match in _REPEAT.finditer(word)]
    if any(run >= 3 for run in runs) or len(runs) >= 2:
        found = wordlist.squeezed.get(_squeeze(word))
        if found is not None:
            return found
    if len(word) < MIN_ODD_WORD:
        return None
    for other in (word[::-1], codecs.encode(word, "rot13")):
        if other in wordlist.strong:
            return other
    return wordlist.near(word)


def _readings(token: str) -> Iterator[str]:
    """Yield what a token may spell when digits and signs stand for letters."""
    choices: Sequence[str] = [_LEET.get(character, character) for character in token]
    yield from itertools.islice(map("".join, itertools.product(*choices)), _MAX_READINGS)


def _unmask(token: str, wordlist: Wordlist) -> str | None:
    """Return the strong word that a token such as n*ked masks."""
    if len(token) < 4 or not re.search(r"[*#%&@]", token[1:]):
        return None
    letters = [character for character in token if character.isalpha()]
    if len(letters) < max(2, len(token) // 2) or not token[0].isalpha():
        return None
    words = wordlist.masked.get((len(token), token[0]), ())
    if not words:
        return None
    pattern = re.compile(
        "".join(
            "." if _MASK.match(each) and not each.isalpha() else re.escape(each) for each in token
        )
    )
    for word in words:
        if pattern.fullmatch(word) and (word in wordlist.strong or len(word) <= 4):
            return word
    return None


def _squeeze(word: str) -> str:
    return _REPEAT.sub(r"\1", word)


def _deletions(word: str) -> dict[str, None]:
    """Return a word and the word without each of its letters, in this order, each once."""
    shorter = (word[:index] + word[index + 1 :] for index in range(len(word)))
    return dict.fromkeys((word, *shorter))


def _one_edit(word: str, other: str) -> bool:
    """Say whether a word is another with a slip: the longer the word, the more slips count.

    Swapped neighbours from five letters on, a letter too many or too few from six, another letter
    from eight; the first letter is always right.
    """
    if word[0] != other[0]:
        return False
    if len(word) != len(other):
        longer, shorter = sorted((word, other), key=len, reverse=True)
        return (
            len(shorter) >= 5 and len(longer) - len(shorter) == 1 and shorter in _deletions(longer)
        )
    places = [index for index in range(len(word)) if word[index] != other[index]]
    if len(places) == 1:
        return len(word) >= 8
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return word[first] == other[second] and word[second] == other[first]


def _function_words(text: str) -> int:
    return sum(map(_FUNCTION_WORDS.__contains__, text.split()))


def _from_base64(text: str) -> str | None:
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _printable(content)


_BASE64_TEXTS = Remembered(_from_base64)


def _from_hex(text: str) -> str | None:
    try:
        return _printable(bytes.fromhex(re.sub(r"0x|\\x|[ ,]", "", text)))
    except ValueError:
        return None


def _from_binary(text: str) -> str | None:
    return _printable(bytes(int(each, 2) for each in re.findall(r"[01]{8}", text)))


def _printable(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) >= _MIN_DECODED and text.isprintable() else None
