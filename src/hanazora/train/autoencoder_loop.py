"""The training loop of the autoencoder.

A run lives in one directory: `config.json`, `metrics.jsonl`, `checkpoint.pt`, and at the end
`autoencoder/`, a model directory. A run that was cut off goes on from its last checkpoint; bounded
by steps it then gives the same weights bit for bit, because every draw depends on (seed, step)
only. Bounded by time, the learning rate follows the clock and a resumed run is only equivalent.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.config import save_config
from hanazora.core.errors import NonFiniteError, UserError
from hanazora.core.log import get_logger
from hanazora.core.metrics import MetricsWriter
from hanazora.core.paths import atomic_path
from hanazora.models.autoencoder.model import (
    AutoencoderConfig,
    VideoAutoencoder,
    lead_in,
    video_to_patches,
)
from hanazora.models.autoencoder.weights import load_autoencoder, save_autoencoder
from hanazora.models.layers.conv import merge_cells
from hanazora.train.autoencoder_data import ClipPool, CropSampler
from hanazora.train.autoencoder_loss import AutoencoderLossConfig, autoencoder_loss

_LOG = get_logger(__name__)

# Batches of steps below zero: never trained on, always the same.
_PCA_STEPS = range(-8, 0)
_STATISTICS_STEPS = range(-24, -8)


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoencoderTrainConfig:
    """One training run of the autoencoder."""

    run_dir: Path
    """Where checkpoints, metrics and the finished model go."""
    pool_dir: Path
    """Directory of rendered clips."""
    autoencoder: AutoencoderConfig = AutoencoderConfig()
    """Size of the network."""
    loss: AutoencoderLossConfig = AutoencoderLossConfig()
    """Weights of the loss."""
    init_from: Path | None = None
    """Autoencoder directory to start from; None starts from principal components."""
    freeze_encoder: bool = False
    """Train the decoder alone: latents made with the model of `init_from` stay valid."""
    seed: int = 0
    """Decides weights, batches and noise."""
    steps: int | None = None
    """Optimizer steps of the whole run; None when bounded by time."""
    seconds: float | None = None
    """Seconds of the whole run, over all its parts; None when bounded by steps."""
    batch_pixels: int = 2_000_000
    """Pixels per step, all frames counted."""
    crops: tuple[tuple[int, int, int], ...] = ((9, 128, 128), (17, 96, 128), (5, 128, 192))
    """Sizes of training crops as (frames, height, width)."""
    off_domain: float = 0.12
    """Share of samples that are recoloured, textures or noisy."""
    latent_noise: float = 0.1
    """Noise on the latents, drawn per sample between 0 and this; the generator makes errors too."""
    flow_noise: float = 0.0
    """The same on the scale of normalised latents, for the decoder of a finished model: what is
    left at this noise level falls on the channels as a generator's own errors do."""
    matrix_lr: float = 0.01
    """Peak learning rate of Muon, for the weights of hidden layers."""
    vector_lr: float = 1e-3
    """Peak learning rate of AdamW, for biases and the last layers."""
    path_lr: float = 4e-5
    """Peak learning rate of AdamW for the linear path, which starts at its solution."""
    warmup_steps: int = 20
    """Steps over which the learning rate rises; it then falls linearly to zero at the end."""
    max_norm: float = 1.0
    """Gradients are scaled down to this norm."""
    ema_decay: float = 0.99
    """Decay of the averaged weights, which are the ones that are saved."""
    log_every: int = 20
    """Steps between metric lines."""
    checkpoint_every_s: float = 60.0
    """Seconds between checkpoints."""

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.seconds is None):
            raise UserError(
                f"steps={self.steps} and seconds={self.seconds}", "exactly one of them bounds a run"
            )
        if self.freeze_encoder and self.init_from is None:
            raise UserError("freeze_encoder=True", "it needs init_from", "init_from=DIR")
        if self.flow_noise and not self.freeze_encoder:
            rule = "latents have a scale only when their encoder is finished"
            raise UserError(f"flow_noise={self.flow_noise}", rule, "freeze_encoder=True")
        if not 0.0 <= self.off_domain <= 1.0:
            raise UserError(f"off_domain={self.off_domain}", "it is a share, 0 to 1")
        if not 0.0 <= self.ema_decay < 1.0:
            raise UserError(f"ema_decay={self.ema_decay}", "it must be in [0, 1)")


@dataclass(kw_only=True, slots=True)
class AutoencoderTrainState:
    """Everything a run is made of besides its config."""

    autoencoder: VideoAutoencoder
    """The network in training."""
    ema: VideoAutoencoder
    """The averaged network."""
    optimizers: list[torch.optim.Optimizer] = field(default_factory=list)
    """In the order of `build_optimizers`."""
    step: int = 0
    """Finished optimizer steps."""
    elapsed_s: float = 0.0
    """Seconds trained, over all parts of the run."""


def train_autoencoder(config: AutoencoderTrainConfig) -> AutoencoderTrainState:
    """Train the autoencoder; a run that was cut off goes on by itself from `config.run_dir`."""
    config.run_dir.mkdir(parents=True, exist_ok=True)
    save_config(config, config.run_dir / "config.json")
    sampler = CropSampler(ClipPool(config.pool_dir), config.crops, config.off_domain, config.seed)
    state = _load_latest(config) or _start(config, sampler)
    with MetricsWriter(config.run_dir / "metrics.jsonl", resume_step=state.step) as metrics:
        last_checkpoint = time.monotonic()

        while (progress := run_progress(config, state)) < 1.0:
            started = time.monotonic()
            patches = _patches(sampler, state.step, config.batch_pixels)  # b lt h w p
            generator = torch.Generator().manual_seed(config.seed * 1_000_003 + state.step)
            latents, _ = state.autoencoder.encode_groups(patches, None)  # b lt lh lw z
            noise = _latent_noise(latents, config.latent_noise, generator)
            if config.flow_noise:
                left_over = _latent_noise(latents, config.flow_noise, generator)
                noise = noise + left_over * state.autoencoder.latents_std.to(noise.dtype)
            decoded, _ = state.autoencoder.decode_groups(latents + noise, None)
            loss, square = autoencoder_loss(config.loss, decoded, patches, latents)
            loss.backward()
            grad_norm = torch.nn.utils.clip_grad_norm_(
                state.autoencoder.parameters(), config.max_norm
            )
            if not (torch.isfinite(loss) and torch.isfinite(grad_norm)):
                raise NonFiniteError(f"step {state.step}: loss {loss.item()}, gradient {grad_norm}")
            scale = min(1.0, (state.step + 1) / max(1, config.warmup_steps)) * (1.0 - progress)
            for optimizer, peak in zip(
                state.optimizers,
                (config.matrix_lr, config.vector_lr, config.path_lr),
                strict=True,
            ):
                for group in optimizer.param_groups:
                    group["lr"] = peak * scale
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            _update_ema(state, config.ema_decay)
            state.step += 1
            state.elapsed_s += time.monotonic() - started

            if state.step % config.log_every == 0:
                _log_step(metrics, state, loss=loss, square=square, grad_norm=grad_norm)
            if time.monotonic() - last_checkpoint > config.checkpoint_every_s:
                _save_checkpoint(config, state)
                last_checkpoint = time.monotonic()

    _save_checkpoint(config, state)
    if not config.freeze_encoder:
        _measure_latents(state, sampler, config)
    save_autoencoder(state.ema, config.run_dir / "autoencoder")
    return state


def run_progress(config: AutoencoderTrainConfig, state: AutoencoderTrainState) -> float:
    """Return how much of the run is done, 0 to 1."""
    if config.steps is not None:
        return state.step / config.steps
    assert config.seconds is not None
    return state.elapsed_s / config.seconds


def build_optimizers(
    config: AutoencoderTrainConfig, autoencoder: VideoAutoencoder
) -> list[torch.optim.Optimizer]:
    """Return Muon for the hidden matrices, AdamW for the rest, and AdamW for the linear path.

    A cell has 3072 pixels that mostly agree, so a step of size lr on each weight of the linear path
    moves a latent by some thousand lr: it needs a rate of its own.
    """
    matrices, others, path = [], [], []
    for name, parameter in autoencoder.named_parameters():
        if not parameter.requires_grad:
            continue
        if "linear_path" in name:
            path.append(parameter)
        elif parameter.ndim == 2 and "head" not in name:
            matrices.append(parameter)
        else:
            others.append(parameter)
    return [
        torch.optim.Muon(matrices, lr=config.matrix_lr, momentum=0.95, weight_decay=0.0),
        torch.optim.AdamW(others, lr=config.vector_lr, betas=(0.9, 0.97), weight_decay=0.0),
        torch.optim.AdamW(path, lr=config.path_lr, betas=(0.9, 0.97), weight_decay=0.0),
    ]


@torch.no_grad()
def init_linear_path(autoencoder: VideoAutoencoder, patches: Iterator[Tensor]) -> None:
    """Set the linear path to the principal components of patches, with latents of unit variance."""
    cells = torch.cat([merge_cells(merge_cells(batch)).flatten(0, 3).float() for batch in patches])
    mean, channels = cells.mean(dim=0), autoencoder.config.latent_channels
    _, values, vectors = torch.svd_lowrank(cells - mean, q=channels + 16, niter=6)
    deviation = (values[:channels] / len(cells) ** 0.5).clamp_min(1e-3)
    basis = vectors[:, :channels]
    autoencoder.encoder.linear_path.weight.copy_((basis / deviation).T)
    autoencoder.encoder.linear_path.bias.copy_(-(mean @ basis) / deviation)
    autoencoder.decoder.linear_path.weight.copy_(basis * deviation)
    autoencoder.decoder.linear_path.bias.copy_(mean)


def _patches(sampler: CropSampler, step: int, num_pixels: int) -> Tensor:
    # numpy seeds cannot be negative; the reserved batches sit far above any step.
    seed_step = step if step >= 0 else 2**31 + step
    frames = torch.from_numpy(sampler.batch(seed_step, num_pixels))  # b t h w c
    video = (frames.to(torch.bfloat16) / 127.5 - 1.0).permute(0, 4, 1, 2, 3)
    return video_to_patches(lead_in(video))


def _latent_noise(latents: Tensor, peak: float, generator: torch.Generator) -> Tensor:
    amount = peak * torch.rand(len(latents), 1, 1, 1, 1, generator=generator)
    noise = torch.randn(latents.shape, generator=generator, dtype=latents.dtype)
    return noise * amount.to(latents.dtype)


@torch.no_grad()
def _update_ema(state: AutoencoderTrainState, decay: float) -> None:
    # Early averages would be dominated by the start, so the decay rises to its value.
    decay = min(decay, (state.step + 1) / (state.step + 10))
    torch._foreach_lerp_(
        list(state.ema.parameters()), list(state.autoencoder.parameters()), 1.0 - decay
    )


@torch.no_grad()
def _measure_latents(
    state: AutoencoderTrainState, sampler: CropSampler, config: AutoencoderTrainConfig
) -> None:
    """Store the channels' mean and scale over batches that were never trained on."""
    cells = torch.cat(
        [
            state.ema.encode_groups(_patches(sampler, step, config.batch_pixels), None)[0]
            .flatten(0, 3)
            .float()
            for step in _STATISTICS_STEPS
        ]
    )
    state.ema.latents_mean.copy_(cells.mean(dim=0))
    deviation = cells.std(dim=0).clamp_min(1e-3)
    scale = visible_scale(state.ema.decoder.linear_path.weight, deviation)
    state.ema.latents_std.copy_(deviation / scale)


def visible_scale(
    basis: Float[Tensor, "p z"], deviation: Float[Tensor, " z"]
) -> Float[Tensor, " z"]:
    """Deviation that each normalised channel gets: larger for what is seen more, 1 on average.

    The linear path's channels carry very different amounts of the picture (69 % in the first, .01 %
    in the last). White latents would be buried by noise all at once, and a squared error would
    weigh the invisible ones alike. With variances that follow the root of a channel's energy,
    generation goes from coarse to fine, as it does on pixels.
    """
    amplitude = basis.norm(dim=0) * deviation
    return (amplitude / amplitude.mean()).sqrt()


def _start(config: AutoencoderTrainConfig, sampler: CropSampler) -> AutoencoderTrainState:
    torch.manual_seed(config.seed)
    autoencoder = VideoAutoencoder(config.autoencoder)
    if config.init_from is not None:
        autoencoder.load_state_dict(load_autoencoder(config.init_from).state_dict())
    else:
        batches = (_patches(sampler, step, config.batch_pixels) for step in _PCA_STEPS)
        init_linear_path(autoencoder, batches)
    return _state_of(config, autoencoder)


def _state_of(
    config: AutoencoderTrainConfig, autoencoder: VideoAutoencoder
) -> AutoencoderTrainState:
    ema = VideoAutoencoder(config.autoencoder).requires_grad_(False)
    ema.load_state_dict(autoencoder.state_dict())
    autoencoder.encoder.requires_grad_(not config.freeze_encoder)
    optimizers = build_optimizers(config, autoencoder)
    return AutoencoderTrainState(autoencoder=autoencoder, ema=ema, optimizers=optimizers)


def _load_latest(config: AutoencoderTrainConfig) -> AutoencoderTrainState | None:
    path = config.run_dir / "checkpoint.pt"
    if not path.exists():
        return None
    saved = torch.load(path, weights_only=True)
    state = _state_of(config, VideoAutoencoder(config.autoencoder))
    state.autoencoder.load_state_dict(saved["autoencoder"])
    state.ema.load_state_dict(saved["ema"])
    for optimizer, values in zip(state.optimizers, saved["optimizers"], strict=True):
        optimizer.load_state_dict(values)
    state.step, state.elapsed_s = saved["step"], saved["elapsed_s"]
    _LOG.info("resumed from step %d, %.0f s", state.step, state.elapsed_s)
    return state


def _save_checkpoint(config: AutoencoderTrainConfig, state: AutoencoderTrainState) -> None:
    saved = {
        "autoencoder": state.autoencoder.state_dict(),
        "ema": state.ema.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in state.optimizers],
        "step": state.step,
        "elapsed_s": state.elapsed_s,
    }
    with atomic_path(config.run_dir / "checkpoint.pt") as temporary:
        torch.save(saved, temporary)


def _log_step(metrics: MetricsWriter, state: AutoencoderTrainState, **values: Tensor) -> None:
    square = values.pop("square").item()
    psnr = -10.0 * torch.log10(torch.tensor(square / 4.0)).item()
    row = {name: value.item() for name, value in values.items()}
    metrics.write(state.step, **row, psnr=psnr, elapsed_s=round(state.elapsed_s, 2))
    _LOG.info("step %d  loss %.4f  psnr %.2f", state.step, row["loss"], psnr)
