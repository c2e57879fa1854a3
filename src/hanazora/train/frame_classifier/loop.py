"""Train the frame classifier: `python -m hanazora.train.frame_classifier.loop DIR [--pool POOL]`.

One run renders its own pictures, trains on crops of them for a number of steps or minutes, chooses
the window, the border and the sure logit of every label on pictures of other seeds, and writes
`DIR/frame_classifier.safetensors`; stopped, it goes on from `DIR/checkpoint.pt`.
Crops are damaged when a batch is drawn: what reaches the filter is blurry, noisy and tinted in ways
that renders never are.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from hanazora.core.errors import NonFiniteError
from hanazora.core.log import get_logger, setup_logging
from hanazora.core.metrics import MetricsWriter
from hanazora.core.paths import atomic_path
from hanazora.safety.frames.network import (
    ClassifierConfig,
    FrameClassifier,
    save_classifier,
)
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.frame_classifier.calibration import calibrate
from hanazora.train.frame_classifier.crops import SIGNS, UNNAMED, CropMaker, Crops
from hanazora.train.frame_classifier.dataset import (
    Counts,
    PictureSet,
    Split,
    load_sets,
    make_split,
    save_sets,
)

_LOG = get_logger("hanazora.train.frame_classifier.loop")  # also when run as __main__


_CHECKPOINT = "checkpoint.pt"
_PEAK_WEIGHT = 0.5
_NAMES_WEIGHT = 0.3
_LAGS = (0, 61, 127, 211)
"""Every crop is used four times, that many steps after it was drawn: drawing a batch takes as long
as a step does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierTrainConfig:
    """One training run of the frame classifier."""

    run_dir: Path
    """Where pictures, metrics, checkpoints and the finished network go."""
    pool: Path | None = None
    """Rendered clips to take frames of the world from; None renders them."""
    counts: Counts = Counts()
    """Pictures of each family to train on; crops bring their own emblems and splashes."""
    kept: Counts = Counts().scaled(0.2)
    """Pictures of each family that the thresholds are chosen on."""
    network: ClassifierConfig = ClassifierConfig()
    """Size of the network."""
    seed: int = 0
    """Decides weights, crops and damage."""
    steps: int = 20000
    """Optimizer steps; 0 only chooses the thresholds again."""
    seconds: float = float("inf")
    """Seconds after which training ends before its last step; the learning rate follows."""
    batch_size: int = 32
    """Crops in a batch; a quarter of them is drawn anew."""
    num_tiles: int = 1200
    """Emblems and signs of each kind that are laid over crops; a quarter as many splashes."""
    lr: float = 3e-3
    """Peak learning rate of AdamW; it rises over the first twentieth and falls like a cosine."""
    weight_decay: float = 0.05
    """Decay of the weights."""
    log_every: int = 50
    """Steps between metric lines; a checkpoint is written at every tenth of them."""


class _Run(NamedTuple):
    network: FrameClassifier
    namer: nn.Conv2d
    """Names the sign that a cell lies in; only training needs it."""
    optimizer: torch.optim.AdamW
    step: int
    seconds: float
    """Spent by earlier stints."""


class _Stock:
    """Batches of new crops and of earlier ones, the same for a step however often it is asked."""

    def __init__(self, maker: CropMaker, size: int, seed: int) -> None:
        self._maker, self._size, self._seed = maker, size, seed
        self._drawn: dict[int, Crops] = {}

    def batch(self, step: int) -> Crops:
        """Return the batch of a step; crops that come back come back mirrored every other time."""
        parts = [self._part(step + _LAGS[-1] - lag) for lag in _LAGS]
        self._drawn.pop(step, None)  # its fourth time was this one
        mirrored = [_mirrored(part) if turn % 2 else part for turn, part in enumerate(parts)]
        return Crops(*(torch.cat(each) for each in zip(*mirrored, strict=True)))

    def _part(self, number: int) -> Crops:
        if number not in self._drawn:
            rng = np.random.default_rng((self._seed, number))
            self._drawn[number] = self._maker.draw(self._size, rng)
        return self._drawn[number]


def train_classifier(config: ClassifierTrainConfig) -> FrameClassifier:
    """Train, calibrate and write the classifier; pictures made before are read again."""
    stock = _Stock(
        CropMaker(_pictures(config, "train"), config.seed, config.num_tiles),
        config.batch_size // len(_LAGS),
        config.seed,
    )
    run = _begin(config)
    network, step = run.network, run.step
    started, progress = time.monotonic() - run.seconds, 0.0
    with MetricsWriter(config.run_dir / "metrics.jsonl", resume_step=step) as metrics:
        while progress < 1.0 and step < config.steps:
            rng = np.random.default_rng((config.seed, step))
            losses = _step(run, _damaged(stock.batch(step), rng))
            step += 1
            spent = time.monotonic() - started
            progress = max(step / config.steps, spent / config.seconds)
            for group in run.optimizer.param_groups:
                group["lr"] = config.lr * _schedule(progress)
            if step % config.log_every == 0:
                cpu_s = round(time.process_time(), 1)
                metrics.write(step, **losses, cpu_s=cpu_s)
                _LOG.info("step %d  %s  %s CPU s", step, losses, cpu_s)
            if step % (10 * config.log_every) == 0 or progress >= 1.0:
                _save(config, run._replace(step=step, seconds=spent))
    network = network.eval().requires_grad_(False)
    network.config = calibrate(network, _pictures(config, "calibration"))
    save_classifier(network, config.run_dir / "frame_classifier.safetensors")
    return network


def _step(run: _Run, crops: Crops) -> dict[str, float]:
    network, namer = run.network, run.namer
    with torch.autocast("cpu", torch.bfloat16):
        features = network.features(crops.pictures.contiguous(memory_format=torch.channels_last))
        cells, names = network.head(features), namer(features)
    dense, peaks = losses_of(cells.float(), crops)
    named = functional.cross_entropy(
        names.float(), crops.names, ignore_index=UNNAMED, reduction="sum"
    ) / (crops.names != UNNAMED).sum().clamp(min=1)  # a batch may show no sign
    loss = dense + _PEAK_WEIGHT * peaks + _NAMES_WEIGHT * named
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    if not (torch.isfinite(loss) and torch.isfinite(norm)):
        raise NonFiniteError(f"losses {dense.item()} and {peaks.item()}, gradient {norm}")
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    parts = {"cells": dense, "pictures": peaks, "names": named}
    return {name: round(part.item(), 4) for name, part in parts.items()}


def losses_of(
    cells: Float[Tensor, "b labels g g"], crops: Crops
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return the loss of the cells and that of the worst cell of each picture.

    Cells are weighted by how wrong they are (focal loss, Lin et al. 2017, gamma 2) and counted per
    positive one, for each label: nearly all cells show nothing. The worst cell of a picture is what
    the filter acts on.
    """
    wanted, asked = crops.wanted, crops.asked
    each = functional.binary_cross_entropy_with_logits(cells, wanted, reduction="none")
    wrong = (torch.sigmoid(cells) - wanted).square()
    positive = wanted.sum(dim=(0, 2, 3)).clamp(min=20.0)
    dense = ((each * wrong * asked).sum(dim=(0, 2, 3)) / positive).mean()
    has = wanted.amax(dim=(2, 3))
    # Where a label is seen its own cells must peak, elsewhere all of them must not.
    allowed = torch.where(has[..., None, None] > 0, wanted, asked)
    peaks = (cells - 50.0 * (1 - allowed)).amax(dim=(2, 3))
    known = ((has > 0) | (asked.amin(dim=(2, 3)) > 0)).float()
    picture = functional.binary_cross_entropy_with_logits(peaks, has, reduction="none")
    return dense, (picture * known).sum() / known.sum()


def _begin(config: ClassifierTrainConfig) -> _Run:
    torch.manual_seed(config.seed)
    network = FrameClassifier(config.network)
    # torch types this form of `to` for tensors only
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    namer = nn.Conv2d(network.head.in_channels, len(SIGNS), 1)
    optimizer = torch.optim.AdamW(
        [*network.parameters(), *namer.parameters()], lr=config.lr * _schedule(0.0),
        betas=(0.9, 0.98), weight_decay=config.weight_decay, fused=True,
    )  # fmt: skip
    path = config.run_dir / _CHECKPOINT
    if not path.exists():
        return _Run(network, namer, optimizer, 0, 0.0)
    kept = torch.load(path, weights_only=True)
    network.load_state_dict(kept["network"])
    namer.load_state_dict(kept["namer"])
    optimizer.load_state_dict(kept["optimizer"])
    return _Run(network, namer, optimizer, kept["step"], kept["seconds"])


def _save(config: ClassifierTrainConfig, run: _Run) -> None:
    with atomic_path(config.run_dir / _CHECKPOINT) as temporary:
        torch.save(
            {
                "network": run.network.state_dict(),
                "namer": run.namer.state_dict(),
                "optimizer": run.optimizer.state_dict(),
                "step": run.step,
                "seconds": run.seconds,
            },
            temporary,
        )


def _pictures(config: ClassifierTrainConfig, split: Split) -> list[PictureSet]:
    """Return the pictures of a split; made when they are not there yet."""
    directory = config.run_dir / split
    if not any(directory.glob("*.npz")):
        pool = None if config.pool is None else ClipPool(config.pool)
        save_sets(make_split(split, _counts(config, split), pool), directory)
    return load_sets(directory)


def _counts(config: ClassifierTrainConfig, split: Split) -> Counts:
    if split != "train":
        return config.kept
    return replace(config.counts, splash=0, paint=0, emblem=0, sign=0)


def _damaged(crops: Crops, rng: np.random.Generator) -> Crops:
    """Blur, tint and disturb a batch."""
    pictures = crops.pictures
    if rng.random() < 0.3:  # as a small or badly compressed video looks
        size = int(pictures.shape[-1] / float(rng.uniform(1.2, 2.5)))
        small = functional.interpolate(pictures, (size, size), mode="bilinear", antialias=True)
        pictures = functional.interpolate(small, pictures.shape[2:], mode="bilinear")
    count = len(pictures)

    def drawn(low: float, high: float, channels: int) -> Tensor:
        values = rng.uniform(low, high, (count, channels, 1, 1)).astype(np.float32)
        return torch.from_numpy(values)

    changed = pictures * drawn(0.75, 1.25, 1) * drawn(0.93, 1.07, 3) + drawn(-0.06, 0.06, 1)
    if rng.random() < 0.3:  # one field of noise for all: drawing it is what takes time
        noise = rng.standard_normal(tuple(changed.shape[1:]), dtype=np.float32)
        changed = changed + drawn(0.0, 0.05, 1) * torch.from_numpy(noise)
    return crops._replace(pictures=changed.clamp(0.0, 1.0))


def _mirrored(crops: Crops) -> Crops:
    return Crops(*(each.flip(-1) for each in crops))


def _schedule(progress: float) -> float:
    rise = min(1.0, progress / 0.05 + 0.01)
    return rise * (0.5 + 0.5 * float(np.cos(np.pi * progress)))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="train the frame classifier")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--pool", type=Path, default=None, help="rendered clips of the world")
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    setup_logging()
    torch.set_num_threads(1)
    train_classifier(
        ClassifierTrainConfig(
            run_dir=arguments.run_dir,
            pool=arguments.pool,
            lr=arguments.lr,
            seed=arguments.seed,
            steps=arguments.steps,
            seconds=arguments.seconds,
        )
    )


if __name__ == "__main__":
    main()
