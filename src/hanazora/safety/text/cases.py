"""Cases with a known answer, what a filter makes of them, and eight ways to disguise a prompt.

A file of cases has one JSON object per line: `text`, `expected` (block or allow), `category` and
`kind` (short, twin, long_caption, zh, ja). A hash of the text puts each case into the development
half, which may be looked at while lists are changed, or the held-out half, which may not; a case of
the latter that was looked at says `"seen": true` and belongs to the former from then on.
"""

import base64
import codecs
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from hanazora.core.config import from_dict
from hanazora.core.errors import UserError

Half = Literal["development", "held-out"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A text and what should happen to it."""

    text: str
    """The prompt."""

    expected: Literal["block", "allow"]
    """What the filter should do."""

    category: str | None = None
    """Why it is to be blocked."""

    kind: str = "short"
    """short, twin, long_caption, zh or ja."""

    seen: bool = False
    """Whether it was opened to mend what it showed, wherever its hash puts it."""

    @property
    def half(self) -> Half:
        """Which half of the corpus the case belongs to."""
        if self.seen:
            return "development"
        first = hashlib.sha256(self.text.encode("utf-8")).digest()[0]
        return "development" if first % 2 == 0 else "held-out"


class Row(NamedTuple):
    """Blocks among cases of one kind and one expected answer."""

    expected: str
    kind: str
    blocked: int
    total: int

    @property
    def share(self) -> float:
        """Blocked share, 0 to 1."""
        return self.blocked / self.total


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases.

    Raises:
        UserError: unreadable, or a line is not a case.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError(f"cannot read {path}", error.strerror or "unreadable") from error
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(from_dict(Case, json.loads(line), f"line {number}"))
            except ValueError as error:
                raise UserError(f"{path.name} line {number} is not a case", str(error)) from error
    return cases


def tally(cases: Iterable[Case], blocks: Callable[[str], bool]) -> list[Row]:
    """Count what a filter blocks, per expected answer and kind, and harmful ones by category."""
    counts: dict[tuple[str, str], list[int]] = {}
    for case in cases:
        blocked = blocks(case.text)
        names = [case.kind]
        if case.expected == "block":
            names += ["all", f"category {case.category}"]
        for name in names:
            count = counts.setdefault((case.expected, name), [0, 0])
            count[0] += blocked
            count[1] += 1
    return [Row(*key, *count) for key, count in sorted(counts.items())]


_LOOKALIKE = str.maketrans("aeopcxyis", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455")
_LEET = str.maketrans("aeiost", "43105+")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _spaced(text: str) -> str:
    return "   ".join(" ".join(word) for word in text.split())


def _repeated(text: str) -> str:
    return "".join(letter * 3 if letter in "aeiou" else letter for letter in text)


def _zero_width(text: str) -> str:
    return "\u200b".join(text)


def _dotted(text: str) -> str:
    return " ".join(".".join(word) for word in text.split())


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "full width": lambda text: text.translate(_WIDE),
    "lookalikes": lambda text: text.translate(_LOOKALIKE),
    "zero width": _zero_width,
    "leetspeak": lambda text: text.lower().translate(_LEET),
    "spaced": _spaced,
    "dotted": _dotted,
    "repeated": _repeated,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
}
"""What a prompt may be hidden in; the text stays readable to a person or a machine."""
