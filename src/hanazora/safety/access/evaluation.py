"""Safety reports: figures that were measured with one policy and one model, as files.

Whoever measures (the prompt corpus, the frame filter, the watermark bench, the detector) writes a
report into the state directory; promotion reads the newest figure of each name. A figure that was
measured with another policy or another model does not count.
"""

import hashlib
import json
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from hanazora.core.config import from_dict, to_dict
from hanazora.core.documents import read_json, sha256_file
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir, state_dir, write_text
from hanazora.safety.access.tiers import Gate
from hanazora.safety.policy import load_policy

FORMAT = "hanazora.safety_report/1"
_WEIGHTS = "*.safetensors"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One figure."""

    value: float
    """What was measured; shares are 0 to 1."""
    num_cases: int
    """On how many cases."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SafetyReport:
    """Figures of one measurement."""

    policy_sha256: str
    """Hash of the policy it was made with."""
    model_sha256: str
    """Hash of the model, see `model_sha256`."""
    metrics: dict[str, Metric]
    """Figures by name, such as prompt.recall."""
    sets: dict[str, str] = field(default_factory=dict)
    """Hash of every set that was measured on."""
    command: str = ""
    """What makes the report again."""
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    """UTC, ISO 8601."""


class GateResult(NamedTuple):
    """What a gate says about the reports."""

    gate: Gate
    metric: Metric | None
    passed: bool

    @property
    def text(self) -> str:
        """One line for a person."""
        if self.metric is None:
            return f"{self.gate.metric} {self.gate.bar}: not measured with this policy and model"
        found = f"{self.metric.value:.4g} on {self.metric.num_cases} cases"
        short = self.metric.num_cases < self.gate.min_cases
        need = f", {self.gate.min_cases} needed" if short else ""
        return f"{self.gate.metric} {self.gate.bar}: {found}{need}"


def reports_dir() -> Path:
    """Return where the safety reports of this installation lie."""
    return state_dir() / "evaluations"


def save_safety_report(report: SafetyReport, directory: Path | None = None) -> Path:
    """Write a report under a name of its own and return where."""
    directory = directory or reports_dir()
    directory.mkdir(parents=True, exist_ok=True)
    stamp = "".join(char for char in report.created[:19] if char.isdigit())
    path = directory / f"{stamp}-{secrets.token_hex(3)}.json"
    data = {"format": FORMAT, **to_dict(report)}
    write_text(path, json.dumps(data, indent=2) + "\n")
    return path


def save_figures(
    command: str,
    figures: Mapping[str, tuple[float, int]],
    *,
    sets: Mapping[str, str] | None = None,
    model: Path | None = None,
    directory: Path | None = None,
) -> Path:
    """Write one section of the evaluation report: what a benchmark measured here and now.

    Args:
        command: what makes the figures again.
        figures: value and number of cases by the name that gates ask for.
        sets: hash of every set that was measured on.
        model: the model that was measured with; else the bundled one.
        directory: where reports lie; else the state directory.

    Raises:
        UserError: the policy in use or the model cannot be read.
    """
    report = SafetyReport(
        policy_sha256=load_policy().sha256,
        model_sha256=hash_model_directory(model or bundled_model_dir()),
        metrics={
            name: Metric(value=float(value), num_cases=count)
            for name, (value, count) in figures.items()
        },
        sets=dict(sets or {}),
        command=command,
    )
    return save_safety_report(report, directory)


def load_safety_report(path: Path) -> SafetyReport:
    """Read what `save_safety_report` wrote.

    Raises:
        UserError: unreadable or something else.
    """
    data = read_json(path)
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise UserError(f"{path} is not a safety report", f"its format must be {FORMAT}")
    return from_dict(SafetyReport, data, "report")


def load_reports(directory: Path | None = None) -> list[SafetyReport]:
    """Return every report of a directory, oldest first; a file that is none is an error."""
    paths = sorted((directory or reports_dir()).glob("*.json"))
    return sorted((load_safety_report(path) for path in paths), key=lambda report: report.created)


def judge_gates(
    gates: Sequence[Gate], reports: Sequence[SafetyReport], policy_sha256: str, model_sha256: str
) -> list[GateResult]:
    """Hold the newest figure of each name against its gate.

    Args:
        gates: what is asked.
        reports: oldest first; those of another policy or model are passed over.
        policy_sha256: hash of the policy in use.
        model_sha256: hash of the model in use.
    """
    newest: dict[str, Metric] = {}
    for report in reports:
        if (report.policy_sha256, report.model_sha256) == (policy_sha256, model_sha256):
            newest.update(report.metrics)
    return [_judge(gate, newest[gate.metric] if gate.metric in newest else None) for gate in gates]


def model_sha256(weight_hashes: Mapping[str, str]) -> str:
    """Return one hash for a model from the hashes of its parts, as sidecars hold them."""
    lines = "".join(f"{name} {weight_hashes[name]}\n" for name in sorted(weight_hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def hash_model_directory(directory: Path) -> str:
    """Return the hash of a model that is not loaded, equal to that of its sidecars.

    The upsampler is left out: it is named only by the sidecars of hd videos.

    Raises:
        UserError: there are no weights.
    """
    hashes = {}
    for path in sorted(directory.glob(f"*/{_WEIGHTS}")):
        if path.parent.name == "upsampler":
            continue
        hashes[path.parent.name] = sha256_file(path)
    if not hashes:
        raise UserError(f"{directory} is not a model directory", "it holds no weights")
    return model_sha256(hashes)


def _judge(gate: Gate, metric: Metric | None) -> GateResult:
    if metric is None or not math.isfinite(metric.value):
        return GateResult(gate, metric, False)
    enough = metric.num_cases >= gate.min_cases
    return GateResult(gate, metric, enough and gate.passes(metric.value))
