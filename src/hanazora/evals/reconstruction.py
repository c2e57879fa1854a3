"""How well an autoencoder gives a video back: PSNR and SSIM, in plain torch.

SSIM after Wang et al. 2004 (IEEE TIP 13(4)): 11x11 Gaussian window of deviation 1.5, K1 = 0.01,
K2 = 0.03, valid positions only, per colour channel and frame, then the mean.
"""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from hanazora.core.shapes import VideoShape
from hanazora.models.autoencoder.model import VideoAutoencoder

_PEAK = 2.0
"""Distance between the smallest and the largest pixel of a video in [-1, 1]."""

_WINDOW = 11
_DEVIATION = 1.5


class Reconstruction(NamedTuple):
    """Figures over a set of clips; each is the mean of the clips' own figures."""

    num_clips: int
    psnr_db: float
    ssim: float
    worst_psnr_db: float
    first_frame_psnr_db: float


def psnr(
    video: Float[Tensor, "b c t h w"], reference: Float[Tensor, "b c t h w"]
) -> Float[Tensor, " b"]:
    """Return the peak signal-to-noise ratio of every clip in dB, from its mean squared error."""
    square = (video.float() - reference.float()).square().mean(dim=(1, 2, 3, 4))
    # A perfect copy of 8-bit pixels reads 100 dB rather than infinity.
    return 10.0 * torch.log10(_PEAK**2 / square.clamp_min(_PEAK**2 * 1e-10))


def ssim(
    video: Float[Tensor, "b c t h w"], reference: Float[Tensor, "b c t h w"]
) -> Float[Tensor, " b"]:
    """Return the mean structural similarity of every clip, at most 1.

    Raises:
        ValueError: a side is shorter than the window of 11 pixels.
    """
    if min(video.shape[-2:]) < _WINDOW:
        raise ValueError(f"SSIM needs sides of at least {_WINDOW} pixels, got {video.shape[-2:]}")
    # The luminance term is made for intensities, so black is moved to zero.
    first, second = video.float() + 1.0, reference.float() + 1.0
    moments = [first, second, first * first, second * second, first * second]
    mean1, mean2, square1, square2, product = (_blur(value) for value in moments)
    variance1, variance2 = square1 - mean1**2, square2 - mean2**2
    covariance = product - mean1 * mean2
    c1, c2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2
    luminance = (2 * mean1 * mean2 + c1) / (mean1**2 + mean2**2 + c1)
    structure = (2 * covariance + c2) / (variance1 + variance2 + c2)
    return (luminance * structure).view(len(video), -1).mean(dim=1)


@torch.no_grad()
def measure_reconstruction(
    autoencoder: VideoAutoencoder,
    clips: Iterable[Tensor],
    dtype: torch.dtype = torch.bfloat16,
) -> Reconstruction:
    """Encode and decode clips and compare them with what went in.

    Args:
        autoencoder: the network.
        clips: videos `b c t h w` in [-1, 1], of any sizes.
        dtype: what the network computes in; the comparison is in fp32, after rounding to 8 bits
            as in a file.
    """
    rows = []
    for clip in clips:
        shape = VideoShape(*clip.shape[2:])
        decoded = autoencoder.decode(autoencoder.encode(clip.to(dtype)), shape).float()
        decoded = (decoded.clamp(-1, 1) * 127.5).round() / 127.5
        first = psnr(decoded[:, :, :1], clip[:, :, :1])
        rows.append(torch.stack([psnr(decoded, clip), ssim(decoded, clip), first], dim=1))
    table = torch.cat(rows)  # clips, (psnr, ssim, psnr of frame 0)
    means = table.mean(dim=0).tolist()
    return Reconstruction(len(table), means[0], means[1], table[:, 0].min().item(), means[2])


def _blur(video: Float[Tensor, "b c t h w"]) -> Float[Tensor, "n 1 h2 w2"]:
    offsets = torch.arange(_WINDOW, device=video.device) - (_WINDOW - 1) / 2
    kernel = torch.exp(-(offsets**2) / (2 * _DEVIATION**2))
    kernel = kernel / kernel.sum()
    planes = video.transpose(1, 2).reshape(-1, 1, *video.shape[-2:])
    across = functional.conv2d(planes, kernel.view(1, 1, 1, -1))
    return functional.conv2d(across, kernel.view(1, 1, -1, 1))
