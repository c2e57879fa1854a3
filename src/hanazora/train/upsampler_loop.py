"""The training loop of the upsampler, on renders of the world at full size.

A sample is a window of consecutive frames of a large render. Its small side is the mean of every
4x4 pixels, for half of the samples after a trip through the autoencoder, so that the network also
learns to sharpen what our own decoder leaves soft. A run is a function of (seed, step) and resumes
from its last checkpoint.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from safetensors.torch import load_file, save_file
from torch import Tensor

from hanazora.core.config import save_config
from hanazora.core.errors import NonFiniteError, UserError
from hanazora.core.log import get_logger
from hanazora.core.metrics import MetricsWriter
from hanazora.core.paths import atomic_path, bundled_model_dir
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.models.upsampler.model import SCALE, UpsamplerConfig, VideoUpsampler, enlarge
from hanazora.models.upsampler.weights import save_upsampler
from hanazora.train.autoencoder_data import ClipPool, cut_crop

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class UpsamplerTrainConfig:
    """One training run of the upsampler."""

    run_dir: Path
    """Where metrics, the checkpoint and the finished network go."""
    pool_dir: Path
    """Directory of clips rendered at full size."""
    upsampler: UpsamplerConfig = UpsamplerConfig()
    """Size of the network."""
    autoencoder_dir: Path | None = None
    """The autoencoder whose softness is learned; None takes the bundled one."""
    seed: int = 0
    """Decides weights and samples."""
    steps: int = 3000
    """Optimizer steps."""
    num_samples: int = 6
    """Windows per step."""
    window: tuple[int, int, int] = (3, 256, 256)
    """Frames, height and width of a window of the large render; sides divide by 64."""
    soft_share: float = 0.5
    """Share of samples that went through the autoencoder."""
    lr: float = 1e-3
    """Peak learning rate of AdamW; it falls to zero along a cosine."""
    sharpness: float = 0.1
    """Weight of the absolute error beside the squared one."""
    steadiness: float = 0.5
    """Weight of the squared error of frame-to-frame changes, which is flicker."""
    log_every: int = 50
    """Steps between metric lines."""
    checkpoint_every: int = 500
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        if any(side % (16 * SCALE) for side in self.window[1:]):
            raise UserError(f"window {self.window}", "its sides must divide by 64", "(3, 256, 256)")
        if self.steps < 1 or self.num_samples < 1:
            raise UserError(
                f"steps={self.steps}, num_samples={self.num_samples}", "each must be at least 1"
            )


def train_upsampler(config: UpsamplerTrainConfig) -> VideoUpsampler:
    """Train the upsampler; a run that was cut off goes on by itself from `config.run_dir`.

    Raises:
        NonFiniteError: the loss is not finite; the weights are left untouched.
    """
    config.run_dir.mkdir(parents=True, exist_ok=True)
    save_config(config, config.run_dir / "config.json")
    pool = ClipPool(config.pool_dir)
    autoencoder = load_autoencoder(config.autoencoder_dir or bundled_model_dir() / "autoencoder")
    torch.manual_seed(config.seed)
    upsampler = VideoUpsampler(config.upsampler)
    optimizer = torch.optim.AdamW(upsampler.parameters(), lr=config.lr, weight_decay=0.0)
    step = _resume(config, upsampler, optimizer)
    with MetricsWriter(config.run_dir / "metrics.jsonl", resume_step=step) as metrics:
        started = time.monotonic()
        while step < config.steps:
            large = draw_windows(pool, config, step)  # b t h w 3
            small = shrink(large)
            num_soft = round(config.soft_share * len(small))
            small[:num_soft] = soften(small[:num_soft], autoencoder)
            made = upsampler(small.to(torch.bfloat16)).float()
            loss, square = upsampler_loss(made, large, config)
            if not bool(torch.isfinite(loss)):
                raise NonFiniteError(f"step {step}: loss {loss.item()}")
            for group in optimizer.param_groups:
                warm = min(1.0, (step + 1) / 100)
                group["lr"] = config.lr * warm * 0.5 * (1 + np.cos(np.pi * step / config.steps))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1
            if step % config.log_every == 0 or step == config.steps:
                base = (enlarge(small.flatten(0, 1)) - large.flatten(0, 1)).square().mean()
                row = {"psnr": psnr(square), "bicubic": psnr(base)}
                metrics.write(step, loss=loss.item(), **row)
                rate = step / (time.monotonic() - started)
                _LOG.info("step %d %s %.1f steps/s", step, row, rate)
            if step % config.checkpoint_every == 0 or step == config.steps:
                _checkpoint(config, upsampler, optimizer, step)
    save_upsampler(upsampler, config.run_dir / "upsampler")
    return upsampler


def draw_windows(
    pool: ClipPool, config: UpsamplerTrainConfig, step: int
) -> Float[Tensor, "b t h w 3"]:
    """Cut the windows of a step from the pool, in [-1, 1]."""
    rng = np.random.default_rng((config.seed, step))
    choices = pool.indices_for(*config.window)
    if not choices:
        raise UserError(f"window {config.window}", f"no clip of {pool.directory} is that large")
    windows = [
        cut_crop(pool.frames(choices[rng.integers(len(choices))]), config.window, rng)
        for _ in range(config.num_samples)
    ]
    return torch.from_numpy(np.stack(windows)).float() / 127.5 - 1


def shrink(frames: Float[Tensor, "b t h w 3"]) -> Float[Tensor, "b t h2 w2 3"]:
    """Return the mean of every 4x4 pixels."""
    rows = frames.unflatten(2, (-1, SCALE)).mean(dim=3)
    return rows.unflatten(3, (-1, SCALE)).mean(dim=4)


@torch.no_grad()
def soften(
    frames: Float[Tensor, "b t h w 3"], autoencoder: VideoAutoencoder
) -> Float[Tensor, "b t h w 3"]:
    """Return frames as our own decoder would give them."""
    if not len(frames):
        return frames
    video = frames.permute(0, 4, 1, 2, 3)
    return (
        autoencoder.decode(autoencoder.encode(video))
        .clamp(-1, 1)
        .permute(0, 2, 3, 4, 1)[:, : frames.shape[1]]
    )


def upsampler_loss(
    made: Float[Tensor, "b t h w 3"],
    truth: Float[Tensor, "b t h w 3"],
    config: UpsamplerTrainConfig,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return the loss and, apart from it, the squared error of the pixels."""
    error = made - truth
    square = error.square().mean()
    loss = square + config.sharpness * error.abs().mean()
    if made.shape[1] > 1:
        loss = loss + config.steadiness * (error[:, 1:] - error[:, :-1]).square().mean()
    return loss, square.detach()


def psnr(square: Float[Tensor, ""]) -> float:
    """Turn a squared error of pixels in [-1, 1] into decibels."""
    return float(-10 * torch.log10(square / 4))


def _checkpoint(
    config: UpsamplerTrainConfig,
    upsampler: VideoUpsampler,
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    tensors = {f"weights.{name}": value for name, value in upsampler.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{key}": torch.as_tensor(v) for key, v in state.items()}
    with atomic_path(config.run_dir / "checkpoint.safetensors") as temporary:
        save_file(tensors | {"step": torch.tensor(step)}, temporary)


def _resume(
    config: UpsamplerTrainConfig, upsampler: VideoUpsampler, optimizer: torch.optim.Optimizer
) -> int:
    path = config.run_dir / "checkpoint.safetensors"
    if not path.is_file():
        return 0
    tensors = load_file(path)
    upsampler.load_state_dict(
        {k.removeprefix("weights."): v for k, v in tensors.items() if k.startswith("weights.")}
    )
    saved = optimizer.state_dict()
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, index, key = name.split(".")
            saved["state"].setdefault(int(index), {})[key] = value
    optimizer.load_state_dict(saved)
    return int(tensors["step"])
