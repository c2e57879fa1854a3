"""Encode and decode piece by piece, with memory that does not depend on the length of the video.

Only one activation per memory block passes from a piece to the next (see `blocks.MemoryBlock`), so
a stream of pieces of any length gives what the whole clip gives in one call.
"""

from collections.abc import Iterable, Iterator

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from hanazora.core.shapes import TIME_STRIDE, LatentShape, VideoShape, padded_shape
from hanazora.models.autoencoder.blocks import Memory
from hanazora.models.autoencoder.model import (
    VideoAutoencoder,
    channels_last,
    crop_video,
    lead_in,
    pad_video,
    patches_to_video,
    video_to_patches,
)

GROUPS_AT_ONCE = 4
"""Latent frames computed in one go: enough for the kernels, little enough for the memory."""


@torch.no_grad()
def decode_stream(
    autoencoder: VideoAutoencoder,
    chunks: Iterable[Tensor],
    shape: VideoShape | None = None,
) -> Iterator[Float[Tensor, "b c t h w"]]:
    """Yield the video of consecutive latent chunks, as each is decoded.

    Args:
        autoencoder: the network.
        chunks: normalised latents `b z lt lh lw` in order, any number of latent frames each; the
            very first latent frame is the one of video frame 0.
        shape: size to crop to; frames past it are not given. None keeps everything.

    Yields:
        Pieces in [-1, 1] (not clamped) that join to `autoencoder.decode` of all latents.
    """
    memory: Memory | None = None
    num_given = 0
    for latents in _split(chunks):
        size = shape or padded_shape(LatentShape(1, *latents.shape[3:]))
        patches, next_memory = autoencoder.decode_groups(
            autoencoder.denormalise(channels_last(latents)), memory
        )
        piece = patches_to_video(patches)
        piece = piece[:, :, TIME_STRIDE - 1 :] if memory is None else piece
        memory = next_memory
        num_frames = piece.shape[2]
        if shape is not None:
            num_frames = min(num_frames, shape.frames - num_given)
        if num_frames <= 0:
            return
        num_given += num_frames
        yield crop_video(piece, VideoShape(num_frames, size.height, size.width))


@torch.no_grad()
def encode_stream(
    autoencoder: VideoAutoencoder, pieces: Iterable[Tensor]
) -> Iterator[Float[Tensor, "b z lt lh lw"]]:
    """Yield the latents of consecutive pieces of a video, as soon as a group of frames is whole.

    Args:
        autoencoder: the network.
        pieces: pixels `b c t h w` in [-1, 1] in order, any number of frames each.

    Yields:
        Normalised latents that join to `autoencoder.encode` of the whole video.
    """
    memory: Memory | None = None
    for groups in _whole_groups(pieces):
        latents, memory = autoencoder.encode_groups(video_to_patches(groups), memory)
        yield rearrange(autoencoder.normalise(latents), "b lt lh lw z -> b z lt lh lw")


def _split(chunks: Iterable[Tensor]) -> Iterator[Float[Tensor, "b z lt lh lw"]]:
    for chunk in chunks:
        yield from chunk.split(GROUPS_AT_ONCE, dim=2)


def _whole_groups(pieces: Iterable[Tensor]) -> Iterator[Float[Tensor, "b c t2 h2 w2"]]:
    """Regroup frames in fours behind frame 0, sides padded; the last frame fills the last group."""
    waiting: Tensor | None = None
    for piece in pieces:
        for part in piece.split(GROUPS_AT_ONCE * TIME_STRIDE, dim=2):
            padded = _pad_sides(part)
            waiting = lead_in(padded) if waiting is None else torch.cat([waiting, padded], dim=2)
            whole = waiting.shape[2] // TIME_STRIDE * TIME_STRIDE
            if whole:
                yield waiting[:, :, :whole]
                waiting = waiting[:, :, whole:]
    if waiting is not None and waiting.shape[2]:
        missing = TIME_STRIDE - waiting.shape[2]
        yield torch.cat([waiting, waiting[:, :, -1:].expand(-1, -1, missing, -1, -1)], dim=2)


def _pad_sides(frames: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b c t h2 w2"]:
    # Frame by frame: `pad_video` of one frame pads the sides only.
    flat = rearrange(frames, "b c t h w -> (b t) c 1 h w")
    return rearrange(pad_video(flat), "(b t) c 1 h w -> b c t h w", t=frames.shape[2])
