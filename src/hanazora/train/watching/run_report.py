"""What a training run has come to, read from its directory: `hanazora train --report RUN`.

Beside every loss stands what an untrained model has: that of the best linear guess from the noisy
latents, a closed form (`models.transformer.linear_guess`). A loss above it means that weights were
not loaded or that the run diverged; one that stays there means that nothing is learned.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch

from hanazora.core.config import load_config
from hanazora.core.errors import ModelError, UserError
from hanazora.core.metrics import MetricRow, read_metrics
from hanazora.models.transformer.model import linear_guess
from hanazora.pipelines.model_directory import INDEX_NAME, Model, load_model
from hanazora.train.journal import METRICS_NAME
from hanazora.train.state import TrainConfig
from hanazora.train.watching.loss_parts import NAMES, NUM_BINS

EDGE_SHARE = 0.05
"""The first and the last losses are means over this share of the lines, at least one."""


class Course(NamedTuple):
    """One loss at the beginning and at the end of a run."""

    name: str
    first: float
    last: float
    untrained: float | None
    """What the best linear guess has; None where no noise level belongs to it."""


class RunReport(NamedTuple):
    """What a run has come to."""

    recipe: str
    start: str
    """Whose weights it began with; empty for fresh ones."""
    step: int
    num_steps: int
    num_tokens: int | None
    """Tokens that carried a clip; None for a run that did not count them."""
    skipped: dict[int, str]
    """Steps that did not reach the weights, with the clips of the pool they were made of."""
    num_weights: int | None
    """Tensors of its model that fit their configuration, which is all; None before there is one."""
    courses: list[Course]


def report_run(run_dir: Path) -> RunReport:
    """Read a run of the transformer.

    Raises:
        UserError: there is no such run, or it has written nothing yet.
        ModelError: its model does not fit its configuration.
    """
    metrics = run_dir / METRICS_NAME
    if not metrics.is_file():
        raise UserError(f"{run_dir} holds no run", f"there is no {METRICS_NAME} in it")
    config = load_config(TrainConfig, run_dir / "config.json")
    rows = list(read_metrics(metrics))
    skipped = {_step(row): str(row["skipped"]) for row in rows if "skipped" in row}
    steps = [row for row in rows if "loss" in row]
    if not steps:
        raise UserError(f"{run_dir} has no loss yet", "", "again after a few steps")
    model = load_model(run_dir) if (run_dir / INDEX_NAME).is_file() else None
    tokens = [row["tokens"] for row in steps if isinstance(row.get("tokens"), int)]
    return RunReport(
        recipe=config.name,
        start=config.init_from,
        step=_step(rows[-1]),
        num_steps=config.steps,
        num_tokens=sum(int(count or 0) for count in tokens) if tokens else None,
        skipped=skipped,
        num_weights=None if model is None else count_weights(model),
        courses=follow(steps, None if model is None else model.transformer.latents_variance),
    )


def follow(rows: Sequence[MetricRow], variance: torch.Tensor | None) -> list[Course]:
    """Return the course of the whole loss and of every part of it.

    Args:
        rows: lines of a run's metrics.
        variance: of every latent channel; None takes 1.
    """
    known = torch.ones(1) if variance is None else variance
    courses = []
    for number, name in enumerate(("loss", *NAMES)):
        values = [value for row in rows if isinstance(value := row.get(name), float)]
        if values:
            edge = max(1, round(EDGE_SHARE * len(values)))
            is_bin = 1 <= number <= NUM_BINS
            untrained = untrained_loss(known, number - 1) if is_bin else None
            courses.append(Course(name, fmean(values[:edge]), fmean(values[-edge:]), untrained))
    return courses


def untrained_loss(variance: torch.Tensor, noise_bin: int, num_points: int = 65) -> float:
    """Return the loss of the best linear guess, averaged over a bin of noise levels.

    Args:
        variance: of every latent channel.
        noise_bin: 0 .. `NUM_BINS` - 1.
        num_points: levels that are averaged.
    """
    sigma = (noise_bin + torch.linspace(0, 1, num_points)) / NUM_BINS
    _, deviation = linear_guess(variance, sigma[:, None])
    return float(deviation.square().mean())


def count_weights(model: Model) -> int:
    """Count the tensors of a model; loading it has shown that every one has its place."""
    parts = (model.transformer, model.text_encoder, model.autoencoder)
    return sum(len(part.state_dict()) for part in parts)


def report_text(report: RunReport) -> str:
    """Return a report for a terminal."""
    tokens = "not counted" if report.num_tokens is None else f"{report.num_tokens:,}"
    weights = f"{report.num_weights} tensors, none missing, none unexpected"
    lines = [
        f"recipe    {report.recipe}, from {report.start or 'fresh weights'}",
        f"steps     {report.step:,} of {report.num_steps:,}",
        f"tokens    {tokens}",
        f"weights   {weights if report.num_weights is not None else 'no checkpoint yet'}",
    ]
    for step, clips in report.skipped.items():
        lines.append(f"skipped   step {step}, not finite: clips {clips}")
    lines += ["", f"{'loss':<18}{'first':>8}{'last':>8}{'untrained':>11}"]
    for course in report.courses:
        hint = "" if course.untrained is None else f"{course.untrained:11.3f}"
        name = course.name.removeprefix("loss_").replace("_", " ")
        lines.append(f"{name:<18}{course.first:8.3f}{course.last:8.3f}{hint}")
    return "\n".join([*lines, "", *expectations(report)])


def expectations(report: RunReport) -> list[str]:
    """Say what the losses mean, worst news first."""
    known = [course for course in report.courses if course.untrained is not None]
    if not known:
        return ["this run did not write its loss by noise level"]
    worse = [c.name for c in known if c.untrained is not None and c.last > 1.1 * c.untrained]
    better = [c for c in known if c.untrained is not None and c.last < 0.9 * c.untrained]
    if worse:
        return [f"above an untrained model at {', '.join(worse)}: weights not loaded, or diverged"]
    if not better:
        return ["still what an untrained model has: try `hanazora train overfit_one`"]
    if report.start and all(c.untrained and c.first > 0.9 * c.untrained for c in known):
        return [f"the first losses are those of fresh weights: was {report.start} trained at all?"]
    return ["as expected: below an untrained model, by less at low noise than at high"]


def _step(row: MetricRow) -> int:
    step = row["step"]
    if not isinstance(step, int):
        raise ModelError(f"a line of {METRICS_NAME} has the step {step!r}")
    return step
