"""What a clip that our decoder made has in common: 30 numbers, all of them logarithms or shares.

Three ideas (specs/safety.md section 6). Own outputs lie on what our autoencoder can say, so they
come back from it with little error (AEROBLADE, Ricker et al. 2024). Generated motion has other
second differences than filmed motion (D3, Zheng et al. 2025). And the decoder leaves a weak pattern
of its own: patches of 4 pixels, cells of 16, groups of 4 frames, and little of the grain that a
sensor leaves.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE, VideoShape
from hanazora.media.frames import Frames
from hanazora.models.autoencoder.model import VideoAutoencoder

WINDOW_PX = 160
"""Longest side of the part of the picture that is looked at; whole cells, from the middle."""

NUM_FRAMES = 9
"""Frames that pass through the autoencoder: the first picture and two groups."""

NUM_MOTION_FRAMES = 17
"""Frames whose differences are looked at."""

MIN_FRAMES, MIN_SIDE_PX = 5, 64
"""Anything smaller gives figures that mean nothing."""

FEATURE_NAMES = (
    "error_low", "error_mid", "error_high", "error_first", "error_last", "error_peak",
    "energy_low", "energy_mid", "energy_high", "cycle", "latent_energy",
    "latent_motion", "latent_jerk",
    "motion", "jerk", "jerk_spread", "jerk_ratio", "group_step", "group_grain",
    "grain", "grain_peak", "grain_across", "grain_down", "grain_time", "flat",
    "grid4_across", "grid4_down", "grid8", "grid16_across", "grid16_down",
)  # fmt: skip
"""In the order of the vector."""

_TINY = 1e-7


def can_measure(frames: Frames) -> bool:
    """Tell whether a clip is long and large enough, and shows anything at all."""
    num_frames, height, width = frames.shape[:3]
    large = num_frames >= MIN_FRAMES and min(height, width) >= MIN_SIDE_PX
    return bool(large and frames.astype(np.float32).std() > 1.0)


@torch.inference_mode()
def measure(autoencoder: VideoAutoencoder, frames: Frames) -> Float[np.ndarray, " features"]:
    """Return the features of the first frames of a clip.

    Args:
        autoencoder: the one whose outputs are looked for, in fp32.
        frames: at least `MIN_FRAMES` of at least `MIN_SIDE_PX`, see `can_measure`.
    """
    if not can_measure(frames):
        raise ValueError(f"a clip of {frames.shape[:3]} is too small to measure")
    window = torch.from_numpy(np.ascontiguousarray(_window(frames[:NUM_MOTION_FRAMES])))
    video = window.permute(3, 0, 1, 2)[None].float() / 127.5 - 1.0  # b c t h w
    luma = 0.299 * video[0, 0] + 0.587 * video[0, 1] + 0.114 * video[0, 2]  # t h w
    values = {
        **_reconstruction(autoencoder, video[:, :, :NUM_FRAMES]),
        **_motion(luma),
        **_grain(luma),
        **_grid(luma),
    }
    return np.array([values[name] for name in FEATURE_NAMES], dtype=np.float64)


def _window(frames: Frames) -> Frames:
    """Cut the middle out along whole cells, so that the decoder's grid keeps its place."""
    starts = []
    for size in frames.shape[1:3]:
        spare = max(0, size - WINDOW_PX)
        starts.append(spare // 2 // SPACE_STRIDE * SPACE_STRIDE)
    top, left = starts
    return frames[:, top : top + WINDOW_PX, left : left + WINDOW_PX]


def _log(value: Tensor) -> float:
    return float(torch.log(value.mean() + _TINY))


def _reconstruction(autoencoder: VideoAutoencoder, video: Tensor) -> dict[str, float]:
    """How much is lost on one trip through the autoencoder, and how far the latents move."""
    latents = autoencoder.encode(video)
    again = autoencoder.decode(latents, VideoShape(*video.shape[2:])).clamp(-1, 1)
    moved = autoencoder.encode(again) - latents
    error, energy = _bands(video - again), _bands(video - video.mean(dim=(2, 3, 4), keepdim=True))
    square = (video - again).square()
    blocks = functional.avg_pool2d(square.mean(dim=1)[0][:, None], SPACE_STRIDE).flatten()
    steps = latents.diff(dim=2)
    return {
        **{f"error_{name}": _log(band) for name, band in error.items()},
        **{f"energy_{name}": _log(band) for name, band in energy.items()},
        "error_first": _log(square[:, :, 0]),
        "error_last": _log(square[:, :, -1]),
        "error_peak": float(torch.log(blocks.quantile(0.95) + _TINY)) - _log(blocks),
        "cycle": _log(moved.square()),
        "latent_energy": _log(latents.square()),
        "latent_motion": _log(steps.square()),
        "latent_jerk": _log(steps.diff(dim=2).square()) if steps.shape[2] > 1 else _log(steps * 0),
    }


def _bands(video: Tensor) -> dict[str, Tensor]:
    """Split into what 16-pixel means hold, what 2-pixel means add, and the rest; squared."""
    frames = video[0].transpose(0, 1)  # t c h w
    size = frames.shape[-2:]
    coarse, half = _smooth(frames, SPACE_STRIDE, size), _smooth(frames, 2, size)
    return {
        "low": coarse.square(), "mid": (half - coarse).square(), "high": (frames - half).square()
    }  # fmt: skip


def _smooth(frames: Tensor, side: int, size: torch.Size) -> Tensor:
    return functional.interpolate(functional.avg_pool2d(frames, side), size=size, mode="nearest")


def _motion(luma: Tensor) -> dict[str, float]:
    """First and second differences of small pictures over time (D3), and the groups of frames."""
    small = functional.avg_pool2d(luma[:, None], 4)[:, 0]
    step, jerk = small.diff(dim=0).abs(), small.diff(n=2, dim=0).abs()
    per_jerk = jerk.mean(dim=(1, 2))
    grain = (luma - _blur(luma)).diff(dim=0).abs()
    return {
        "motion": _log(step),
        "jerk": _log(jerk),
        "jerk_spread": float(torch.log(per_jerk.std() + _TINY)) if len(per_jerk) > 1 else 0.0,
        "jerk_ratio": _log(jerk) - _log(step),
        "group_step": _group_contrast(step.mean(dim=(1, 2))),
        "group_grain": _group_contrast(grain.mean(dim=(1, 2))),
    }


def _group_contrast(steps: Tensor) -> float:
    """Compare the steps between two groups of frames with those inside, at the clearest phase.

    A clip may have lost its first frames, so every phase is tried and the largest is taken.
    """
    contrasts = []
    for phase in range(TIME_STRIDE):
        between = torch.arange(len(steps)) % TIME_STRIDE == phase
        if between.any() and not between.all():
            contrasts.append(_log(steps[between]) - _log(steps[~between]))
    return max(contrasts)


def _blur(luma: Tensor) -> Tensor:
    padded = functional.pad(luma[:, None], (1, 1, 1, 1), mode="replicate")
    return functional.avg_pool2d(padded, 3, stride=1)[:, 0]


def _grain(luma: Tensor) -> dict[str, float]:
    """What a 3x3 mean leaves: its strength, its tails, and how it hangs together."""
    grain = luma - _blur(luma)
    power = grain.square().mean() + _TINY
    local = functional.avg_pool2d(grain.square()[:, None], 8).flatten()
    return {
        "grain": float(torch.log(power)),
        "grain_peak": float(torch.log(grain.pow(4).mean() / power**2 + _TINY)),
        "grain_across": float((grain[:, :, 1:] * grain[:, :, :-1]).mean() / power),
        "grain_down": float((grain[:, 1:] * grain[:, :-1]).mean() / power),
        "grain_time": float((grain[1:] * grain[:-1]).mean() / power),
        "flat": float(torch.log(local.quantile(0.1) + _TINY)),
    }


def _grid(luma: Tensor) -> dict[str, float]:
    """How much more the picture changes across the borders of patches, blocks and cells."""
    # Second differences: a border is a kink, not only a slope.
    across = luma.diff(n=2, dim=2).abs().mean(dim=(0, 1))
    down = luma.diff(n=2, dim=1).abs().mean(dim=(0, 2))
    return {
        "grid4_across": _border(across, 4),
        "grid4_down": _border(down, 4),
        "grid8": (_border(across, 8) + _border(down, 8)) / 2,
        "grid16_across": _border(across, 16),
        "grid16_down": _border(down, 16),
    }


def _border(kinks: Tensor, period: int) -> float:
    # The second difference i spans pixels i, i + 1, i + 2: the two that touch a border.
    place = torch.arange(len(kinks)) % period
    at_border = (place == period - 1) | (place == period - 2)
    return _log(kinks[at_border]) - _log(kinks[~at_border])
