"""English words in any form: plurals, verb forms, and slips of the finger."""

from collections.abc import Collection, Iterable
from functools import cache
from importlib import resources

MIN_TYPO_LENGTH = 4
"""Shorter words have too many neighbours to guess."""
TWO_SLIPS_LENGTH = 8
"""From this length on two slips are forgiven."""


def base_forms(word: str) -> tuple[str, ...]:
    """Return the words of which this may be a form, itself first: "hopping" gives "hop"."""
    found = [word]
    if word.endswith("'s"):
        found.append(word[:-2])
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
        if word.endswith("es"):
            found.append(word[:-2])
        if word.endswith("ies"):
            found.append(word[:-3] + "y")
    for ending in ("ing", "ed", "y"):
        if len(word) > len(ending) + 1 and word.endswith(ending):
            stem = word[: -len(ending)]
            found += [stem, stem + "e"]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
            if stem.endswith("i"):
                found.append(stem[:-1] + "y")
    return tuple(dict.fromkeys(found))


def plural_forms(word: str) -> tuple[str, ...]:
    """Return a noun and its regular plural."""
    if word.endswith(("s", "sh", "ch", "x")):
        return word, word + "es"
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        return word, word[:-1] + "ies"
    return word, word + "s"


def verb_forms(word: str) -> tuple[str, ...]:
    """Return the forms in which a verb is likely to be typed."""
    if word.endswith("e"):
        return *plural_forms(word), word[:-1] + "ing", word + "d"
    doubled = word[-3:-2] not in "aeiou" and word[-2:-1] in "aeiou"
    return *plural_forms(word), word + "ing", word + (word[-1] + "ing" if doubled else "ed")


def distance(one: str, other: str, limit: int) -> int:
    """Return the number of slips between two words, or `limit` + 1 when there are more.

    A slip is a letter too many, too few or wrong, or two neighbours swapped (optimal string
    alignment; Damerau 1964).
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, letter2 in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != letter2))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter2:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class TypoFinder:
    """Finds the known word that somebody probably meant.

    Args:
        words: every known word in every form.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[int, str]]] = {}
        for word in sorted(set(words)):
            if len(word) >= MIN_TYPO_LENGTH - 1:
                self._by_length.setdefault(len(word), []).append((_letters(word), word))

    def nearest(self, word: str, real_words: Collection[str]) -> str | None:
        """Return the nearest known word, or None when none is near or several are.

        Args:
            word: an unknown word.
            real_words: words that look like a known one but are words of their own.
        """
        if len(word) < MIN_TYPO_LENGTH or not word.isascii() or not word.isalpha():
            return None
        if any(base in real_words for base in base_forms(word)):
            return None
        for limit in (1, 2) if len(word) >= TWO_SLIPS_LENGTH else (1,):
            near = self._within(word, limit)
            if near:
                return near[0] if len(near) == 1 else _most_alike(word, near)
        return None

    def _within(self, word: str, limit: int) -> list[str]:
        found = []
        letters = _letters(word)
        for length in range(len(word) - limit, len(word) + limit + 1):
            for known_letters, known in self._by_length.get(length, ()):
                # One slip changes at most two letters of the set: most words end here.
                if (letters ^ known_letters).bit_count() > 2 * limit:
                    continue
                # Few people miss the first letter, and "goat" is no slip of "boat".
                if _begin_alike(word, known) and distance(word, known, limit) <= limit:
                    found.append(known)
        return found


def _begin_alike(word: str, known: str) -> bool:
    return word[0] == known[0] or word[:2] == known[1::-1]


def _letters(word: str) -> int:
    """Return the set of letters as bits."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 31)
    return found


def _undoubled(word: str) -> str:
    """Return the word with one letter for two equal ones: "green" is "gren"."""
    return "".join(
        letter for letter, before in zip(word, " " + word, strict=False) if letter != before
    )


def _most_alike(word: str, near: list[str]) -> str | None:
    """Prefer the same first letter, then a letter that is doubled, then other orders and ends."""
    ranked = sorted(
        near,
        key=lambda known: (
            known[0] != word[0],
            _undoubled(known) != _undoubled(word),
            sorted(known) != sorted(word),
            len(known) != len(word),
            known[-1] != word[-1],
        ),
    )
    return ranked[0] if ranked[0][0] == word[0] else None


@cache
def real_words() -> frozenset[str]:
    """Return the words near a known one that are no slips of it: "goat", "horse", "train"."""
    text = resources.files(__package__).joinpath("data/real_words.txt").read_text("utf-8")
    return frozenset(text.split())
