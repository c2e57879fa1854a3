"""Tells language from token soup: strings of letters that an optimiser found, or keyboard noise.

Such strings mean nothing to a reader and something to a model, so what cannot be read is not passed
on. A word counts as unreadable when it has no vowel, letters that English never sets side by side,
or letters and digits mixed; names and foreign words in Latin letters rarely do.
"""

import re
from collections import Counter

from hanazora.safety.findings import Finding
from hanazora.safety.text.folding import Folded
from hanazora.safety.text.remembered import Remembered

_WORD = re.compile(r"[^\s]+")
_LETTER = re.compile("[a-z]")
_VOWELS = re.compile(r"[aeiouy]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
# Pairs that no English word and hardly any name holds.
_ODD_PAIRS = re.compile(
    r"q[^u'iat]|[jvqxz][bcdfghjkmpqtwxz]|[bcdfghjklmpqtvwx][qxj]|[cdfgkmpqtvxz]v|vv|jj|qq|[bfghjpqvwxz]k[bdgjpqx]"
    r"|zx|xz|[fhjkqvwxz]g[bcfjkpqtvxz]"
)
_MIXED = re.compile(r"[a-z]\d+[a-z]|\d[a-z]+\d")
_SCRIPTS = (
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("greek", re.compile("[\u0370-\u03ff]")),
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("devanagari", re.compile("[\u0900-\u097f]")),
    ("thai", re.compile("[\u0e00-\u0e7f]")),
    ("hangul", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("other", re.compile("[\u0530-\u058f\u0980-\u0dff\u0e80-\u10ff\u1200-\u1fff]")),
)
MIN_WORDS = 5
SOUP_SHARE = 0.45


def judge_readability(folded: Folded) -> list[Finding]:
    """Return a finding when most of a text is not language, or not one that is judged here."""
    return [*_soup(folded), *_script(folded)]


def _soup(folded: Folded) -> list[Finding]:
    looks = Counter(map(_LOOKS.__getitem__, folded.text.split()))
    words = looks["odd"] + looks["plain"]
    if words < MIN_WORDS or looks["odd"] / words < SOUP_SHARE:
        return []
    odd = [each for each in _WORD.finditer(folded.text) if _LOOKS[each.group()] == "odd"]
    span = folded.span(odd[0].start(), odd[-1].end())
    share = looks["odd"] / words
    return [Finding("unreadable", min(1.0, 0.3 + share), "gibberish/soup", span)]


def _look(word: str) -> str:
    if not _LETTER.search(word):
        return "no word"
    return "odd" if is_odd(word) else "plain"


_LOOKS = Remembered(_look)


def is_odd(word: str) -> bool:
    """Say whether a folded word does not look like a word of any language in Latin letters."""
    letters = re.sub(r"[^a-z]", "", word)
    if not letters or len(letters) < 3:
        return len(word) > 4
    inside = word.strip(".,;:!?'\"()[]-")
    if _MIXED.search(inside) and len(inside) > 4:
        return True
    if re.search(r"[a-z][^a-z0-9'\-.,/&]+[a-z]", inside):
        return True
    no_vowel = len(letters) >= 4 and not _VOWELS.search(letters)
    return no_vowel or bool(_CONSONANTS.search(letters)) or bool(_ODD_PAIRS.search(letters))


def _script(folded: Folded) -> list[Finding]:
    """Find text in a script for which there are no lists; it cannot be judged."""
    if folded.text.isascii():
        return []
    letters = sum(character.isalpha() for character in folded.text)
    for name, pattern in _SCRIPTS:
        found = list(pattern.finditer(folded.text))
        if found and len(found) >= max(4, letters // 4):
            span = folded.span(found[0].start(), found[-1].end())
            return [Finding("unreadable", 0.6, f"gibberish/script-{name}", span)]
    return []
