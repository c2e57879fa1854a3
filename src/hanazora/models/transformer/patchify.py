"""Spacetime patches: latents to tokens in the order of a document's chunks, and back."""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float, Shaped, UInt8
from torch import Tensor

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Chunk

PatchSize = tuple[int, int, int]


def token_grid(latents: LatentShape, patch_size: PatchSize) -> LatentShape:
    """Size of the token grid; every latent size must be a multiple of the patch.

    Raises:
        ValueError: when a latent axis does not divide by its patch.
    """
    sizes = [n // p for n, p in zip(latents, patch_size, strict=True)]
    if any(n % p for n, p in zip(latents, patch_size, strict=True)):
        raise ValueError(f"latents of shape {tuple(latents)} do not divide by patches {patch_size}")
    return LatentShape(*sizes)


def patchify(latents: Float[Tensor, "z lt lh lw"], patch_size: PatchSize) -> Float[Tensor, "n p"]:
    """Cut latents into patches, channels first within a patch, frames then rows then columns."""
    time, rows, columns = patch_size
    return rearrange(
        latents,
        "z (lt pt) (lh ph) (lw pw) -> (lt lh lw) (z pt ph pw)",
        pt=time,
        ph=rows,
        pw=columns,
    )


def token_labels(
    labels: UInt8[Tensor, "f lt lh lw"], patch_size: PatchSize
) -> UInt8[Tensor, "n f"]:
    """Give every token the class numbers of the cell at its middle, in the order of `patchify`."""
    time, rows, columns = patch_size
    middle = labels[:, time // 2 :: time, rows // 2 :: rows, columns // 2 :: columns]
    return rearrange(middle, "f lt lh lw -> (lt lh lw) f")


def unpatchify(
    tokens: Float[Tensor, "n p"], grid: LatentShape, patch_size: PatchSize
) -> Float[Tensor, "z lt lh lw"]:
    """Put predicted patches back together; channels stand last within a patch, as in Wan's head."""
    time, rows, columns = patch_size
    return rearrange(
        tokens,
        "(lt lh lw) (pt ph pw z) -> z (lt pt) (lh ph) (lw pw)",
        lt=grid.frames,
        lh=grid.height,
        lw=grid.width,
        pt=time,
        ph=rows,
        pw=columns,
    )


def patchify_target(
    latents: Float[Tensor, "z lt lh lw"], patch_size: PatchSize
) -> Float[Tensor, "n p"]:
    """Cut latents in the channel order of the model's output (inverse of ``unpatchify``)."""
    time, rows, columns = patch_size
    return rearrange(
        latents,
        "z (lt pt) (lh ph) (lw pw) -> (lt lh lw) (pt ph pw z)",
        pt=time,
        ph=rows,
        pw=columns,
    )


def in_generation_order(
    latents: Shaped[Tensor, "z lt lh lw"], chunks: Sequence[Chunk]
) -> Shaped[Tensor, "z kept lh lw"]:
    """Take the latent frames (or labels) of the chunks, in the order of their generation."""
    frames = [
        f
        for chunk in chunks
        for f in range(chunk.first_frame, chunk.first_frame + chunk.num_frames)
    ]
    return latents[:, torch.tensor(frames, device=latents.device)]
