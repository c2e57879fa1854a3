"""The table of suite D."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hanazora.core.paths import write_text
from hanazora.core.version import __version__
from hanazora.evals.drift.look import Drift

FORMAT = "hanazora.drift/1"

STILL_MOVING = 0.5
"""Share of the first seconds' motion that the last seconds must have (suite D, no-freeze)."""
NO_REPEAT = 0.25
"""Below this a video repeats itself (suite D, no-loop)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftRow:
    """Videos of one maker."""

    name: str
    """Whose videos they are."""
    drifts: tuple[Drift, ...]
    """One per video."""

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table: means, and counts where it is yes or no."""
        drifts = self.drifts
        colours = [d.subject_colour for d in drifts if d.subject_colour is not None]
        kept = [d.subject_kept for d in drifts if d.subject_kept is not None]
        return (
            self.name,
            f"{_mean(colours):.1f} (n={len(colours)})" if colours else "-",
            f"{sum(kept)}/{len(kept)}",
            f"{_mean([d.picture_colour for d in drifts]):.1f}",
            f"{_mean([d.contrast for d in drifts]):.2f}",
            f"{_mean([d.sharpness for d in drifts]):.2f}",
            f"{_mean([d.motion for d in drifts]):.2f}",
            f"{sum(d.motion >= STILL_MOVING for d in drifts)}/{len(drifts)}",
            f"{_mean([d.repeat for d in drifts]):.2f}",
            f"{sum(d.repeat >= NO_REPEAT for d in drifts)}/{len(drifts)}",
        )


HEAD = (
    "", "subject dE00", "kept", "picture dE00", "contrast", "sharpness", "motion", "no freeze",
    "repeat", "no loop",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReport:
    """One table."""

    settings: dict[str, Any]
    """What it takes to run it again."""
    rows: tuple[DriftRow, ...]
    """Its rows."""


def text_table(report: DriftReport) -> str:
    """Return the table for a terminal."""
    rows = [HEAD, *(row.cells() for row in report.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([_caption(report), lines[0], "-" * len(lines[0]), *lines[1:]])


def save_report(report: DriftReport, path: Path) -> None:
    """Write every figure of every video as JSON."""
    data = {
        "format": FORMAT,
        "version": __version__,
        "settings": report.settings,
        "rows": [
            {"name": row.name, "videos": [drift._asdict() for drift in row.drifts]}
            for row in report.rows
        ],
    }
    write_text(path, json.dumps(data, indent=1) + "\n")


def _caption(report: DriftReport) -> str:
    known = report.settings
    return (
        f"Suite D, split {known['split']}, {known['num_prompts']} prompts, {known['seconds']:g} s "
        f"of {known['width']}x{known['height']}: last 5 s against first 5 s (motion: 10 s)."
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
