"""Rows and tables of the suites P and O."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import NamedTuple, TypeAlias

from hanazora.core.paths import write_text
from hanazora.core.version import __version__
from hanazora.evals.permanence.absence import Judgement
from hanazora.evals.permanence.occlusion import Survival

FORMAT = "hanazora.permanence/1"

Settings: TypeAlias = dict[str, str | int | float | bool | None]


class Share(NamedTuple):
    """How many of how many."""

    right: int
    total: int

    def __str__(self) -> str:
        if not self.total:
            return "-"
        low, high = wilson(self.right, self.total)
        return f"{self.right}/{self.total} [{100 * low:.0f}, {100 * high:.0f}]"


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceRow:
    """Judgements of one row at one length of absence."""

    story: str
    """What happens."""
    name: str
    """Whose videos they are."""
    seconds: int | None
    """Length of the absence; none where it makes no difference."""
    judgements: tuple[Judgement, ...]
    """One per case."""
    colours: tuple[str, ...]
    """True colour of every case."""

    @property
    def gone(self) -> Share:
        """Where the thing really went."""
        return Share(sum(j.gone for j in self.judgements), len(self.judgements))

    @property
    def returns(self) -> Share:
        """Where its kind is seen again: presence."""
        return Share(sum(j.returns for j in self.judgements), len(self.judgements))

    @property
    def same(self) -> Share:
        """Where what is seen again has its colour: identity, of those that return."""
        right = [j.colour == c for j, c in self.pairs() if j.returns]
        return Share(sum(right), len(right))

    @property
    def kept(self) -> Share:
        """Where it went, came back and is the same."""
        right = [j.gone and j.returns and j.colour == c for j, c in self.pairs()]
        return Share(sum(right), len(right))

    @property
    def chance(self) -> float | None:
        """Identity against the colours of the other cases: what guessing gives."""
        others = [
            j.colour == colour
            for number, j in enumerate(self.judgements)
            for other, colour in enumerate(self.colours)
            if j.returns and other != number
        ]
        return sum(others) / len(others) if others else None

    def pairs(self) -> list[tuple[Judgement, str]]:
        """Return every judgement with the true colour."""
        return list(zip(self.judgements, self.colours, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class PassageRow:
    """What became of the signs in one row."""

    name: str
    """Whose videos they are."""
    survivals: tuple[Survival, ...]
    """One per case."""

    @property
    def survives(self) -> Share:
        """Where the sign is there, and the same."""
        return Share(sum(s.survives for s in self.survivals), len(self.survivals))


@dataclass(frozen=True, kw_only=True, slots=True)
class PermanenceReport:
    """Everything one run measured, with what it takes to run it again."""

    settings: Settings
    """Cases, size, seed, sampler, memory, reader."""
    absences: tuple[AbsenceRow, ...]
    """Suite P."""
    passages: tuple[PassageRow, ...]
    """Suite O."""


def text_report(report: PermanenceReport) -> str:
    """Return the tables for a terminal; shares with their 95 % Wilson interval."""
    lines = list[str]()
    if report.absences:
        head = ("story", "row", "absent s", "gone", "returns", "same", "by chance", "kept")
        rows = [
            (
                row.story, row.name, "any" if row.seconds is None else str(row.seconds),
                str(row.gone), str(row.returns), str(row.same),
                "-" if row.chance is None else f"{100 * row.chance:.0f} %", str(row.kept),
            )
            for row in report.absences
        ]  # fmt: skip
        lines += [*_table([head, *rows]), ""]
    if report.passages:
        columns = ("truck and sign", "survives", "likeness", "difference")
        passages = [
            (
                row.name, str(row.survives),
                f"{_mean([s.likeness for s in row.survivals]):.2f}",
                f"{_mean([s.difference for s in row.survivals]):.1f}",
            )
            for row in report.passages
        ]  # fmt: skip
        lines += _table([columns, *passages])
    return "\n".join(lines).rstrip()


def save_report(report: PermanenceReport, path: Path) -> None:
    """Write everything that was judged, case by case, as JSON."""
    data = {
        "format": FORMAT,
        "version": __version__,
        "settings": report.settings,
        "absences": [
            {
                "story": row.story, "name": row.name, "seconds": row.seconds,
                "cases": [{**j._asdict(), "truth": colour} for j, colour in row.pairs()],
            }
            for row in report.absences
        ],
        "passages": [
            {"name": row.name, "cases": [s._asdict() for s in row.survivals]}
            for row in report.passages
        ],
    }  # fmt: skip
    write_text(path, json.dumps(data, indent=1) + "\n")


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927)."""
    z = 1.96
    share, square = count / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / total + square / total / 4) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
