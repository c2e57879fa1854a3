"""The model's own past: training shows what a rollout shows, finished chunks with errors in them.

A rollout goes on from what the model itself has made, training from the truth; the difference grows
from chunk to chunk until a long video loses its light and its things (exposure bias; Self Forcing,
Huang et al., arXiv:2506.08009). Here the given chunks of a packed batch are noised and denoised
again by the model as it is, all of them in one pass or a few, and take the place of the truth; what
the later chunks should become stays the truth. So the errors are the model's own, what is shown
stays what it was, and the loss asks for the way back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from hanazora.data.packing import PackedBatch
from hanazora.diffusion.path import add_noise, predicted_latents, predicted_noise
from hanazora.models.transformer.patchify import PatchSize

Predict = Callable[[PackedBatch], Float[Tensor, "n p"]]
"""Velocity of every token of a batch, in the order of ``PackedBatch.target``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPastConfig:
    """How often, and how thoroughly, given chunks are made again by the model."""

    share: float = 0.0
    """Share of the micro batches in which every given chunk is made again; 0 is off."""
    lowest: float = 0.2
    """Least noise from which a chunk is made again; little noise leaves small errors."""
    highest: float = 0.9
    """Most noise; beyond it a chunk would no longer show what its successors belong to."""
    num_steps: int = 1
    """Denoising steps, and so additional forward passes."""

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"own_past.share is {self.share}; it must lie between 0 and 1")
        if not 0 < self.lowest <= self.highest < 1:
            raise ValueError(
                f"own_past.lowest {self.lowest} and own_past.highest {self.highest} must rise "
                "and lie between 0 and 1"
            )
        if self.num_steps < 1:
            raise ValueError(f"own_past.num_steps is {self.num_steps}; it must be at least 1")


@torch.no_grad()
def with_own_past(
    batch: PackedBatch,
    config: OwnPastConfig,
    patch_size: PatchSize,
    predict: Predict,
    generator: torch.Generator,
) -> PackedBatch:
    """Replace the given chunks of a batch by what the model makes of them; or leave it as it is.

    Args:
        batch: a packed batch on the CPU.
        config: how often and from which noise levels.
        patch_size: of the transformer, (time, rows, columns).
        predict: the model as it is now.
        generator: decides whether, and from which levels.
    """
    wanted = bool(torch.rand((), generator=generator) < config.share)
    levels = torch.rand(len(batch.sigma), generator=generator)
    given = _given_chunks(batch)
    if not wanted or not bool(given.any()):
        return batch
    chunk_of = batch.layout.chunk_index
    target = _in_input_order(batch.target, patch_size)
    light = batch.sigma[chunk_of][:, None]
    clean = predicted_latents(batch.noisy, target, light)
    noise = predicted_noise(batch.noisy, target, light)
    start = config.lowest + (config.highest - config.lowest) * levels
    again = given[chunk_of][:, None]
    tokens = torch.where(again, add_noise(clean, noise, start[chunk_of][:, None]), batch.noisy)
    for step in range(config.num_steps):
        left = start * (1 - step / config.num_steps)
        sigma = torch.where(given, left, batch.sigma)
        velocity = predict(batch._replace(noisy=tokens, sigma=sigma)).float().to(tokens.device)
        stride = (start / config.num_steps)[chunk_of][:, None]
        moved = tokens - stride * _in_input_order(velocity, patch_size)
        tokens = torch.where(again, moved, tokens)
    return batch._replace(noisy=torch.where(again, add_noise(tokens, noise, light), tokens))


def _given_chunks(batch: PackedBatch) -> Tensor:
    """Say which chunks carry no loss and are no padding, which is pure noise (c)."""
    weight = torch.zeros(len(batch.sigma)).index_add(0, batch.layout.chunk_index, batch.weight)
    return (weight == 0) & (batch.sigma < 1)


def _in_input_order(tokens: Tensor, patch_size: PatchSize) -> Tensor:
    """Put the channels of a prediction first within a patch, as the model's input has them."""
    time, rows, columns = patch_size
    return rearrange(tokens, "n (pt ph pw z) -> n (z pt ph pw)", pt=time, ph=rows, pw=columns)
