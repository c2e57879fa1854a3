"""Train the frame classifier: `python -m hanazora.train.frame_classifier.loop DIR [--pool POOL]`.

One run renders its own pictures, trains for a fixed number of steps, chooses the border and the
sure logit of every label on pictures that were kept back, and writes
`DIR/frame_classifier.safetensors`.
Pictures are damaged when a batch is drawn: what reaches the filter is blurry, noisy and cropped in
ways that renders never are.
"""

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from hanazora.core.errors import NonFiniteError
from hanazora.core.log import get_logger, setup_logging
from hanazora.core.metrics import MetricsWriter
from hanazora.safety.frames.network import (
    LABELS,
    ClassifierConfig,
    FrameClassifier,
    load_classifier,
    network_size,
    save_classifier,
    to_network,
)
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.frame_classifier.dataset import (
    SHAPES,
    Counts,
    PictureSet,
    load_sets,
    make_split,
    pool_frames,
    save_sets,
)
from hanazora.train.frame_classifier.patches import PatchMaker

_LOG = get_logger("hanazora.train.frame_classifier.loop")  # also when run as __main__


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierTrainConfig:
    """One training run of the frame classifier."""

    run_dir: Path
    """Where pictures, metrics and the finished network go."""
    pool: Path | None = None
    """Rendered clips to take frames of the world from; None renders them."""
    start: Path | None = None
    """Weights to go on from; None starts from nothing."""
    num_unseen: int = 800
    """Frames of other clips of the pool that calibrate the thresholds, too."""
    counts: Counts = Counts()
    """Pictures of each family in the training split."""
    kept_back: float = 0.15
    """Share of the pictures that is not trained on and calibrates the thresholds."""
    network: ClassifierConfig = ClassifierConfig()
    """Size of the network."""
    seed: int = 0
    """Decides weights, batches and damage."""
    steps: int = 1200
    """Optimizer steps; 0 only chooses the thresholds again."""
    seconds: float = float("inf")
    """Seconds after which training ends before its last step; the learning rate follows."""
    batch_size: int = 24
    """Whole pictures in a batch."""
    num_patches: int = 64
    """Patches beside them in a batch."""
    num_tiles: int = 300
    """Emblems, signs and splashes of each kind that patches are made with."""
    lr: float = 2e-3
    """Peak learning rate of AdamW; it rises over the first twentieth and falls like a cosine."""
    weight_decay: float = 0.05
    """Decay of the weights."""
    border_margin: float = 0.5
    """The border lies this far above the logit that one in a thousand harmless pictures has."""
    sure_margin: float = 1.0
    """Sure lies this far above the largest logit of any harmless picture, or of the border."""
    log_every: int = 25
    """Steps between metric lines."""


def train_classifier(config: ClassifierTrainConfig) -> FrameClassifier:
    """Train, calibrate and write the classifier; pictures made before are read again."""
    torch.manual_seed(config.seed)
    train, kept = _pictures(config)
    patches = PatchMaker(_harmless(train), config.seed, config.num_tiles)
    network = _network(config)
    # torch types this form of `to` for tensors only
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    shares = np.array([len(one.families) for one in train], float)
    started, spent, step, progress = time.monotonic(), time.process_time(), 0, 0.0
    with MetricsWriter(config.run_dir / "metrics.jsonl", resume_step=0) as metrics:
        while progress < 1.0 and step < config.steps:
            rng = np.random.default_rng((config.seed, step))
            chosen = train[int(rng.choice(len(train), p=shares / shares.sum()))]
            pictures, labels = draw_batch(chosen, config.batch_size, rng)
            loss = _loss(network, pictures, labels)
            loss.backward()
            small, small_labels = patches.draw(config.num_patches, rng)
            small_loss = _loss(network, _recoloured(small, rng), small_labels)
            small_loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            if not (torch.isfinite(loss + small_loss) and torch.isfinite(norm)):
                raise NonFiniteError(f"step {step}: loss {loss.item()}, gradient {norm}")
            for group in optimizer.param_groups:
                group["lr"] = config.lr * _schedule(progress)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            progress = max(step / config.steps, (time.monotonic() - started) / config.seconds)
            if step % config.log_every == 0:
                cpu_s = round(time.process_time() - spent, 1)
                row = {"loss": round(loss.item(), 5), "patches": round(small_loss.item(), 5)}
                metrics.write(step, **row, cpu_s=cpu_s)
                _LOG.info("step %d  %s  %s CPU s", step, row, cpu_s)
    network = network.eval().requires_grad_(False)
    network.config = calibrate(network, kept, config)
    save_classifier(network, config.run_dir / "frame_classifier.safetensors")
    return network


def _loss(
    network: FrameClassifier, pictures: Float[Tensor, "b 3 h w"], labels: Float[Tensor, "b labels"]
) -> Float[Tensor, ""]:
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(pictures.contiguous(memory_format=torch.channels_last))
    return functional.binary_cross_entropy_with_logits(logits.float(), labels)


def _harmless(sets: list[PictureSet]) -> list[UInt8[np.ndarray, "_h _w 3"]]:
    families = ("world", "texture", "dressed", "holding")
    return [
        picture
        for one in sets
        for picture, family in zip(one.pictures, one.families, strict=True)
        if family in families
    ]


def draw_batch(
    one: PictureSet, size: int, rng: np.random.Generator
) -> tuple[Float[Tensor, "b 3 h w"], Float[Tensor, "b labels"]]:
    """Draw pictures of one shape, cropped, damaged and at the network's size."""
    rows = rng.integers(len(one.families), size=size)
    pictures = torch.from_numpy(one.pictures[rows]).permute(0, 3, 1, 2)
    labels = torch.from_numpy(one.labels[rows])
    target = network_size(*pictures.shape[2:])
    if rng.random() < 0.8:
        pictures = _crop(pictures, rng)
    if rng.random() < 0.3:  # as a small or badly compressed video looks
        factor = float(rng.uniform(1.3, 3.5))
        small = (max(int(target[0] / factor), 16), max(int(target[1] / factor), 16))
        pictures = functional.interpolate(pictures, small, mode="bilinear", antialias=True)
    pictures = functional.interpolate(pictures, target, mode="bilinear", antialias=True)
    if rng.random() < 0.5:
        pictures = pictures.flip(3)
    return _recoloured(pictures.float() / 255.0, rng), labels


def calibrate(
    network: FrameClassifier, sets: list[PictureSet], config: ClassifierTrainConfig
) -> ClassifierConfig:
    """Choose the border and the sure logit of each label on pictures that were not trained on."""
    logits = torch.cat([read_logits(network, one.pictures) for one in sets])
    labels = torch.from_numpy(np.concatenate([one.labels for one in sets]))
    border, sure, recall = [], [], []
    for column, label in enumerate(LABELS):
        harmless = logits[labels[:, column] == 0, column]
        harmful = logits[labels[:, column] == 1, column]
        low = float(harmless.quantile(0.999)) + config.border_margin
        high = max(float(harmless.max()), low) + config.sure_margin
        seen, certain = (float((harmful >= at).float().mean()) for at in (low, high))
        _LOG.info(
            "%s: border %.2f (recall %.3f), sure %.2f (%.3f)", label, low, seen, high, certain
        )
        border.append(round(low, 3))
        sure.append(round(high, 3))
        recall.append(round(seen, 3))
    return replace(network.config, border=tuple(border), sure=tuple(sure), recall=tuple(recall))


@torch.inference_mode()
def read_logits(
    network: FrameClassifier, pictures: UInt8[np.ndarray, "n h w 3"]
) -> Float[Tensor, "n labels"]:
    """Return the logits of undamaged pictures."""
    parts = [
        network(to_network(torch.from_numpy(pictures[start : start + 64])))
        for start in range(0, len(pictures), 64)
    ]
    return torch.cat(parts).float()


def _pictures(config: ClassifierTrainConfig) -> tuple[list[PictureSet], list[PictureSet]]:
    """Return the pictures to train on and those kept back; made when they are not there yet."""
    directory = config.run_dir / "train"
    pool = None if config.pool is None else ClipPool(config.pool)
    if not any(directory.glob("*.npz")):
        save_sets(make_split("train", config.counts, pool), directory)
    train, kept = [], [] if pool is None else [_unseen(pool, config.num_unseen)]
    for one in load_sets(directory):
        # The same ones in every stint, whatever its seed.
        order = np.random.default_rng(0).permutation(len(one.families))
        cut = int(config.kept_back * len(order))
        kept.append(_rows(one, order[:cut]))
        train.append(_rows(one, order[cut:]))
    return train, kept


def _unseen(pool: ClipPool, count: int) -> PictureSet:
    """Return frames of clips that training takes none from."""
    rng = np.random.default_rng(0)
    pictures = np.stack(list(pool_frames(pool, "calibration", rng, count, SHAPES[0][:2])))
    return PictureSet(pictures, np.zeros((count, len(LABELS)), np.float32), ["world"] * count)


def _network(config: ClassifierTrainConfig) -> FrameClassifier:
    if config.start is None:
        return FrameClassifier(config.network)
    return load_classifier(config.start).train().requires_grad_(True)


def _rows(one: PictureSet, rows: np.ndarray) -> PictureSet:
    return PictureSet(one.pictures[rows], one.labels[rows], [one.families[row] for row in rows])


def _crop(pictures: UInt8[Tensor, "b c h w"], rng: np.random.Generator) -> Tensor:
    height, width = pictures.shape[2:]
    scale = float(rng.uniform(0.78, 1.0))
    tall, wide = int(height * scale), int(width * scale * float(rng.uniform(0.92, 1.0)))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    return pictures[:, :, top : top + tall, left : left + wide]


def _recoloured(pictures: Float[Tensor, "b c h w"], rng: np.random.Generator) -> Tensor:
    size = len(pictures)

    def drawn(low: float, high: float, channels: int) -> Tensor:
        values = rng.uniform(low, high, (size, channels, 1, 1)).astype(np.float32)
        return torch.from_numpy(values)

    changed = pictures * drawn(0.8, 1.2, 1) * drawn(0.94, 1.06, 3) + drawn(-0.06, 0.06, 1)
    if rng.random() < 0.3:  # one field of noise for all: drawing it is what takes time
        noise = rng.standard_normal(tuple(changed.shape[1:]), dtype=np.float32)
        changed = changed + drawn(0.0, 0.05, 1) * torch.from_numpy(noise)
    return changed.clamp(0.0, 1.0)


def _schedule(progress: float) -> float:
    rise = min(1.0, progress / 0.05 + 0.01)
    return rise * (0.5 + 0.5 * float(np.cos(np.pi * progress)))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="train the frame classifier")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--pool", type=Path, default=None, help="rendered clips of the world")
    parser.add_argument("--start", type=Path, default=None, help="weights to go on from")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    setup_logging()
    torch.set_num_threads(1)
    train_classifier(
        ClassifierTrainConfig(
            run_dir=arguments.run_dir,
            pool=arguments.pool,
            start=arguments.start,
            lr=arguments.lr,
            seed=arguments.seed,
            steps=arguments.steps,
            seconds=arguments.seconds,
        )
    )


if __name__ == "__main__":
    main()
