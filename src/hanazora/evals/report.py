"""Tables of an evaluation, and the protocol that says which of them may be compared.

The protocol holds everything that changes a score besides the model: which prompts, which seeds,
which size, which reader. Reports of different protocols are never put into one table (requirement
R20).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.core.version import __version__
from hanazora.evals.fidelity import METRICS, Estimate, FidelityReport

FORMAT = "hanazora.evaluation/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Protocol:
    """What two reports must share to be compared."""

    suite: str
    """Name of the suite."""
    split: str
    """Split of the prompts."""
    num_prompts: int
    """How many prompts."""
    prompts_sha256: str
    """Hash of their texts and of what they assert."""
    prompt_seed: int
    """Seed of the list of prompts."""
    first_seed: int
    """Seed of the first video; the others follow."""
    num_frames: int
    """Frames of every video."""
    height: int
    """Pixels."""
    width: int
    """Pixels."""
    fps: float
    """Frames per second."""
    reader_sha256: str
    """Hash of the reader's weights."""
    prompt_rewriting: bool = False
    """Whether prompts are rewritten before they reach the model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """One table."""

    protocol: Protocol
    """What it may be compared with."""
    reports: tuple[FidelityReport, ...]
    """Its rows."""
    sampler: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    """How the model's videos were made: steps, guidance and so on."""
    model_hashes: dict[str, str] = field(default_factory=dict)
    """Hash of every weight file of the model."""


def hash_prompts(prompts: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]) -> str:
    """Hash texts with the facts they assert."""
    plain = [[text, [list(fact) for fact in facts]] for text, facts in prompts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def merge(first: Evaluation, second: Evaluation) -> Evaluation:
    """Put two tables into one; the sampler and the model are those of the first that has any.

    Raises:
        UserError: they were not made under the same protocol.
    """
    require_same_protocol(first.protocol, second.protocol)
    known = {report.name for report in first.reports}
    added = tuple(report for report in second.reports if report.name not in known)
    return Evaluation(
        protocol=first.protocol,
        reports=first.reports + added,
        sampler=first.sampler or second.sampler,
        model_hashes=first.model_hashes or second.model_hashes,
    )


def require_same_protocol(first: Protocol, second: Protocol) -> None:
    """Refuse to compare what was measured differently, naming the first difference."""
    one, other = to_dict(first), to_dict(second)
    differing = [name for name in one if one[name] != other[name]]
    if differing:
        name = differing[0]
        raise UserError(
            f"the protocols differ in {', '.join(differing)}",
            f"{name} is {one[name]!r} in one report and {other[name]!r} in the other",
            "reports of the same protocol",
        )


def text_table(evaluation: Evaluation) -> str:
    """Return the table for a terminal."""
    rows = _cells(evaluation)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([_caption(evaluation), lines[0], "-" * len(lines[0]), *lines[1:]])


def markdown_table(evaluation: Evaluation) -> str:
    """Return the table in Markdown."""
    head, *rows = _cells(evaluation)
    rule = ["---", *["---:" for _ in head[1:]]]
    lines = [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
    return "\n".join([_caption(evaluation), "", *lines])


def save_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write a table with its protocol as JSON."""
    data = {
        "format": FORMAT,
        "version": __version__,
        "protocol": to_dict(evaluation.protocol),
        "sampler": evaluation.sampler,
        "model": evaluation.model_hashes,
        "reports": [
            {
                "name": report.name,
                "metrics": {name: value._asdict() for name, value in report.estimates.items()},
            }
            for report in evaluation.reports
        ],
    }
    write_text(path, json.dumps(data, indent=2) + "\n")


def load_evaluation(path: Path) -> Evaluation:
    """Read what `save_evaluation` wrote.

    Raises:
        UserError: the file is unreadable or something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}", str(error)) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UserError(f"{path} is not a report", f"its format must be {FORMAT}")
    reports = tuple(
        FidelityReport(
            row["name"], {name: Estimate(**values) for name, values in row["metrics"].items()}
        )
        for row in data["reports"]
    )
    return Evaluation(
        protocol=from_dict(Protocol, data["protocol"], "protocol"),
        reports=reports,
        sampler=data["sampler"],
        model_hashes=data["model"],
    )


def _caption(evaluation: Evaluation) -> str:
    protocol = evaluation.protocol
    return (
        f"Suite {protocol.suite}, split {protocol.split}, {protocol.num_prompts} prompts, "
        f"{protocol.width}x{protocol.height}, {protocol.num_frames} frames; reader "
        f"{protocol.reader_sha256[:12]}, prompts {protocol.prompts_sha256[:12]}. "
        "Scores in %, 95 % interval over prompts."
    )


def _cells(evaluation: Evaluation) -> list[list[str]]:
    metrics = [m for m in METRICS if any(m in report.estimates for report in evaluation.reports)]
    counts = {m: _count(evaluation, m) for m in metrics}
    rows = [["", *(f"{metric} (n={counts[metric]})" for metric in metrics)]]
    for report in evaluation.reports:
        rows.append([report.name, *(_score(report.estimates.get(metric)) for metric in metrics)])
    return rows


def _count(evaluation: Evaluation, metric: str) -> int:
    found = [r.estimates[metric].num_prompts for r in evaluation.reports if metric in r.estimates]
    return max(found)


def _score(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    value, low, high = (100.0 * part for part in estimate[:3])
    return f"{value:.1f} [{low:.0f}, {high:.0f}]"
