"""The training loop of the scene reader.

Every step draws one batch of clips with motion and one of single pictures. Draws depend on (seed,
step) only; the learning rate follows the clock when the run is bounded by seconds. At the end the
thresholds of the reader are calibrated on samples that were not trained on.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from hanazora.core.errors import NonFiniteError, UserError
from hanazora.core.log import get_logger
from hanazora.core.metrics import MetricsWriter
from hanazora.evals.reader_data import NOTHING, UNSURE, Answers, ReaderSet, take
from hanazora.evals.scene_reader import (
    CLIP_FACTS,
    ReaderInput,
    ReaderOutput,
    SceneReader,
    SceneReaderConfig,
    SceneReading,
    read_inputs,
)
from hanazora.models.layers.weights import save_part
from hanazora.world.vocabulary import COLOURS, KINDS

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderTrainConfig:
    """One training run of the scene reader."""

    run_dir: Path
    """Where metrics and the finished reader go."""
    reader: SceneReaderConfig = SceneReaderConfig()
    """Size of the network."""
    seed: int = 0
    """Decides weights, batches and damage."""
    steps: int | None = None
    """Optimizer steps; None when bounded by time."""
    seconds: float | None = None
    """Seconds of training; None when bounded by steps."""
    clips_per_step: int = 16
    """Clips with motion in a batch."""
    looks_per_clip: int = 3
    """Frames looked at in each of them; reading looks at more."""
    pictures_per_step: int = 32
    """Single pictures in a batch."""
    lr: float = 3e-3
    """Peak learning rate of AdamW; it rises over the first tenth and falls like a cosine."""
    weight_decay: float = 0.02
    """Decay of the weights."""
    num_validation: int = 160
    """Clips with motion that are kept for calibration."""
    log_every: int = 20
    """Steps between metric lines."""

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.seconds is None):
            raise UserError(
                f"steps={self.steps} and seconds={self.seconds}", "exactly one of them bounds a run"
            )


def train_reader(
    config: ReaderTrainConfig,
    clips: ReaderSet | None,
    pictures: ReaderSet | None,
    start: SceneReader | None = None,
) -> SceneReader:
    """Train the reader and write it to `run_dir / "reader"`.

    Args:
        config: the run.
        clips: samples with motion; the last ones are kept for calibration.
        pictures: samples of single pictures, where there are any.
        start: a reader to go on from.
    """
    torch.manual_seed(config.seed)
    reader = start or SceneReader(config.reader)
    # torch types this form of `to` for tensors only
    reader = reader.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    reader.train().requires_grad_(True)
    optimizer = torch.optim.AdamW(
        reader.parameters(), lr=config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    if clips is None or len(clips) <= config.num_validation:
        raise UserError(
            "too few clips", f"more than {config.num_validation} of 9 frames are needed"
        )
    num_train = len(clips) - config.num_validation
    started, step = time.monotonic(), 0
    with MetricsWriter(config.run_dir / "metrics.jsonl", resume_step=0) as metrics:
        while (progress := _progress(config, step, time.monotonic() - started)) < 1.0:
            rng = np.random.default_rng((config.seed, step))
            losses: dict[str, Tensor] = {}
            for given, answers in _batches(config, clips, pictures, num_train, rng):
                with torch.autocast("cpu", torch.bfloat16):
                    output = reader(given)
                for name, value in reader_losses(output, answers).items():
                    losses[name] = losses[name] + value if name in losses else value
            loss = torch.stack(list(losses.values())).sum()
            loss.backward()
            grad_norm = torch.nn.utils.clip_grad_norm_(reader.parameters(), 5.0)
            if not (torch.isfinite(loss) and torch.isfinite(grad_norm)):
                raise NonFiniteError(f"step {step}: loss {loss.item()}, gradient {grad_norm}")
            for group in optimizer.param_groups:
                group["lr"] = config.lr * _schedule(progress)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            if step % config.log_every == 0:
                row = {name: round(value.item(), 4) for name, value in losses.items()}
                metrics.write(step, **row, elapsed_s=round(time.monotonic() - started, 1))
                _LOG.info("step %d  %s", step, row)

    reader = calibrate(reader.eval().requires_grad_(False), clips, num_train)
    save_part(reader, reader.config, config.run_dir / "reader")
    return reader


def reader_losses(output: ReaderOutput, answers: Answers) -> dict[str, Float[Tensor, ""]]:
    """Return the parts of the loss; the direction and the camera only where there is motion."""
    is_thing = answers.kind >= 0
    is_sure = answers.kind != UNSURE
    errors = functional.binary_cross_entropy_with_logits(
        output.there.float(), is_thing.float(), reduction="none"
    )
    losses = {
        "there": 4.0 * (errors * is_sure).sum() / is_sure.sum(),
        "kind": _cell_loss(output.kind, answers.kind, answers.share),
        "colour": _cell_loss(output.colour, answers.colour, answers.share),
    }
    targets = answers.clip.long()
    for column, name in enumerate(CLIP_FACTS):
        losses[name] = 0.5 * _clip_loss(output.clip[name], targets[:, column])
    if output.direction is not None:
        losses["camera"] = _clip_loss(output.clip["camera"], targets[:, -1])
        losses["direction"] = _cell_loss(
            output.direction, answers.direction, answers.direction_share
        )
    return losses


class Calibration(NamedTuple):
    """The threshold that gives the best F1, and that F1."""

    threshold: float
    f1: float


@torch.inference_mode()
def calibrate(reader: SceneReader, clips: ReaderSet, first: int) -> SceneReader:
    """Set the thresholds to what tells things that are there from others best.

    Args:
        reader: the trained network.
        clips: samples; those from `first` on were not trained on.
        first: index of the first one to use.
    """
    readings = read_set(reader, clips, first)
    truth = torch.zeros(len(readings), len(KINDS), len(COLOURS), dtype=torch.bool)
    for row in range(len(readings)):
        kind, colour = clips.answers.kind[first + row], clips.answers.colour[first + row]
        is_thing = kind >= 0
        truth[row, kind[is_thing].long(), colour[is_thing].long()] = True
    bindings = torch.stack([reading.bindings for reading in readings])
    kinds = torch.stack([reading.kinds for reading in readings])
    shown = truth.any(dim=-1)
    # A colour can only be wrong on a kind that is there: the suite counts named kinds only.
    for_binding = best_threshold(bindings[shown], truth[shown])
    for_kind = best_threshold(kinds, shown)
    _LOG.info("calibrated: binding F1 %.3f, kind F1 %.3f", for_binding.f1, for_kind.f1)
    reader.config = replace(
        reader.config,
        kind_threshold=for_kind.threshold,
        binding_threshold=for_binding.threshold,
    )
    return reader


def best_threshold(scores: Tensor, truth: Tensor) -> Calibration:
    """Return the threshold on scores with the best F1 against the truth."""
    best = Calibration(0.5, -1.0)
    for threshold in np.arange(0.05, 0.9, 0.025).tolist():
        said = scores > threshold
        right = float((said & truth).sum())
        f1 = 2.0 * right / max(1.0, float(said.sum() + truth.sum()))
        if f1 > best.f1:
            best = Calibration(round(threshold, 3), f1)
    return best


@torch.inference_mode()
def read_set(reader: SceneReader, clips: ReaderSet, first: int = 0) -> list[SceneReading]:
    """Read the samples from `first` on, undamaged."""
    readings = []
    for start in range(first, len(clips), 16):
        part = slice(start, start + 16)
        given = ReaderInput(clips.looks[part], clips.motion[part, 0].float())
        readings += read_inputs(reader, given)
    return readings


def _batches(
    config: ReaderTrainConfig,
    clips: ReaderSet,
    pictures: ReaderSet | None,
    num_train: int,
    rng: np.random.Generator,
) -> Iterator[tuple[ReaderInput, Answers]]:
    rows = torch.from_numpy(rng.integers(num_train, size=config.clips_per_step))
    yield take(clips, rows, config.looks_per_clip, rng)
    if pictures is not None:
        rows = torch.from_numpy(rng.integers(len(pictures), size=config.pictures_per_step))
        yield take(pictures, rows, 1, rng)


def _progress(config: ReaderTrainConfig, step: int, elapsed_s: float) -> float:
    if config.steps is not None:
        return step / config.steps
    assert config.seconds is not None
    return elapsed_s / config.seconds


def _schedule(progress: float) -> float:
    rise = min(1.0, progress / 0.1 + 0.01)
    return rise * (0.5 + 0.5 * float(np.cos(np.pi * progress)))


def _cell_loss(
    logits: Float[Tensor, "*cells values"], target: Tensor, share: Tensor
) -> Float[Tensor, ""]:
    """Cross-entropy over the cells of things, every thing with the same weight."""
    chosen = target >= 0
    weight = share[chosen]
    errors = functional.cross_entropy(
        logits[chosen].float(), target[chosen].long(), reduction="none"
    )
    return (errors * weight).sum() / weight.sum().clamp_min(1.0)


def _clip_loss(logits: Float[Tensor, "b values"], target: Tensor) -> Float[Tensor, ""]:
    known = target != NOTHING
    total = functional.cross_entropy(logits.float(), target, ignore_index=NOTHING, reduction="sum")
    return total / known.sum().clamp_min(1)
