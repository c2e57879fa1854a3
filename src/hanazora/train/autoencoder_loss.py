"""The loss of the autoencoder, computed on stacked patches so that nothing is unstacked for it.

L1 and squared error on the pixels; L1 on the differences between neighbouring pixels of the error,
which keeps edges and small moving things (petals, snow) from being averaged away; and a pull on the
latents' size, the autoencoder's only regulariser besides the noise on them.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.shapes import TIME_STRIDE
from hanazora.models.autoencoder.model import PATCH


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoencoderLossConfig:
    """Weights of the terms."""

    edge_weight: float = 0.25
    """Weight of the L1 distance of spatial differences."""
    square_weight: float = 1.0
    """Weight of the squared error, which PSNR measures."""
    latent_weight: float = 1e-3
    """Weight of the mean square of the latents before normalisation."""
    first_weight: float = 0.5
    """Weight of the first group, four copies of frame 0, against the later groups."""


def autoencoder_loss(
    config: AutoencoderLossConfig,
    decoded: Float[Tensor, "b lt h w p"],
    patches: Float[Tensor, "b lt h w p"],
    latents: Float[Tensor, "b lt lh lw z"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Return the loss and, apart from it, the mean squared error of the pixels.

    Args:
        config: weights of the terms.
        decoded: what the decoder made of noisy latents.
        patches: the pixels it should have made, in [-1, 1].
        latents: the latents before noise and normalisation.
    """
    error = decoded - patches
    group_weights = torch.ones(error.shape[1], device=error.device)
    group_weights[0] = config.first_weight
    group_weights = group_weights / group_weights.sum()
    # bf16 elements, fp32 sums: a bf16 sum of a million terms would lose them.
    absolute = error.abs().mean(dim=(0, 2, 3, 4), dtype=torch.float32)
    square = (error * error).mean(dim=(0, 2, 3, 4), dtype=torch.float32)
    loss = ((absolute + config.square_weight * square) * group_weights).sum()
    if config.edge_weight:
        loss = loss + config.edge_weight * edge_distance(error)
    latent_square = (latents * latents).mean(dtype=torch.float32)
    return loss + config.latent_weight * latent_square, square.mean().detach()


def edge_distance(error: Float[Tensor, "b lt h w p"]) -> Float[Tensor, ""]:
    """Return the mean absolute difference of the error between neighbours inside a patch."""
    pixels = error.unflatten(-1, (TIME_STRIDE, PATCH, PATCH, 3))
    down = (pixels[..., 1:, :, :] - pixels[..., :-1, :, :]).abs().mean(dtype=torch.float32)
    across = (pixels[..., 1:, :] - pixels[..., :-1, :]).abs().mean(dtype=torch.float32)
    return 0.5 * (down + across)
