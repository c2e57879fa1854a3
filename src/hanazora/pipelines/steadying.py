"""What differs from its neighbour no more than the network errs is taken from the neighbour.

A network gives every latent frame errors of its own. Where nothing moves they are all there is to
see: the picture jumps from one latent frame to the next, most of all where what was made meets what
was given. So each estimate of the clean latents is drawn towards the neighbouring latent frame,
cell by cell, with the gain of a Wiener filter in the form of James and Stein (1961): of a
difference with energy e the share `max(0, 1 - t / e)` is kept, where t is what the network errs
by. It is the motion-adaptive filter of video denoising, inside the sampler: in still cells the
neighbour comes through, and what truly changes has far more energy than t and is left alone.

A latent frame holds four pictures, so a given neighbour is first *held still*: all four become the
one next to the frame that is made. Without that, the motion of the neighbour would happen twice.
Only the chunk beside a given one is drawn: over a minute the picture would come to a stand.
"""

from typing import NamedTuple

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from hanazora.core.shapes import TIME_STRIDE
from hanazora.models.autoencoder.model import (
    VideoAutoencoder,
    patches_to_video,
    video_to_patches,
)
from hanazora.models.layers.conv import merge_cells, split_cells

REACH_CELLS = 1
"""Cells to each side over which the energy of a difference is averaged: one cell says little."""


class Neighbours(NamedTuple):
    """The finished latent frames right before and right after a chunk, where there are any."""

    before: Float[Tensor, "z lh lw"] | None = None
    after: Float[Tensor, "z lh lw"] | None = None


class Stills:
    """Turns a latent frame into that of one of its four pictures, standing still.

    The linear path of the autoencoder tells what a latent says of each picture; the difference to
    the still one goes back through the linear path of the encoder. It is one small matrix per
    picture: neither network is called, and a latent frame that stands still stays what it is.
    """

    def __init__(self, autoencoder: VideoAutoencoder) -> None:
        mean, std = autoencoder.latents_mean.float().cpu(), autoencoder.latents_std.float().cpu()
        decode = autoencoder.decoder.linear_path
        encode = autoencoder.encoder.linear_path.weight.detach().float().cpu()
        # Rows: what one unit of each latent channel adds to the pixels of a cell, then the rest.
        weight = decode.weight.detach().float().cpu()  # values z
        bias = torch.zeros(len(weight)) if decode.bias is None else decode.bias.detach().cpu()
        rows = torch.cat([weight.T * std[:, None], (weight @ mean + bias.float())[None]])
        self._first, self._last = (
            (_still_change(rows, picture) @ encode.T) / std for picture in (0, TIME_STRIDE - 1)
        )

    def first(self, latents: Float[Tensor, "z lh lw"]) -> Float[Tensor, "z lh lw"]:
        """Hold the first picture of a latent frame."""
        return self._hold(latents, self._first)

    def last(self, latents: Float[Tensor, "z lh lw"]) -> Float[Tensor, "z lh lw"]:
        """Hold the last picture of a latent frame."""
        return self._hold(latents, self._last)

    @staticmethod
    def _hold(latents: Tensor, change: Float[Tensor, "z1 z"]) -> Tensor:
        added = torch.einsum("zhw,zc->chw", latents.float(), change[:-1])
        return latents + added + change[-1][:, None, None]


def steady(
    estimate: Float[Tensor, "z lt lh lw"],
    neighbours: Neighbours,
    threshold: float,
) -> Float[Tensor, "z lt lh lw"]:
    """Draw an estimate of clean latents towards what stands beside it.

    Args:
        estimate: one chunk.
        neighbours: what stands beside it; without any, nothing changes.
        threshold: mean square of a difference that the network's own error explains.

    Returns:
        The chunk, each frame drawn towards the one next to it on the side that is known. Where
        both are, each half follows its own side, and a middle frame whatever it resembles.
    """
    before, after = neighbours
    frames = list(estimate.unbind(1))
    count = len(frames)
    left = 0 if before is None else count if after is None else count // 2
    right = 0 if after is None else count if before is None else count // 2
    for place in range(left):
        assert before is not None
        frames[place] = before = _draw(frames[place], [before], threshold)
    for place in reversed(range(count - right, count)):
        assert after is not None
        frames[place] = after = _draw(frames[place], [after], threshold)
    if before is not None and after is not None and left + right < count:
        frames[left] = _draw(frames[left], [before, after], threshold)
    return torch.stack(frames, dim=1)


def _draw(
    frame: Float[Tensor, "z lh lw"], candidates: list[Tensor], threshold: float
) -> Float[Tensor, "z lh lw"]:
    """Keep of each cell's difference to the nearest candidate what the error does not explain."""
    beside = torch.stack(candidates)  # n z lh lw
    energy = (frame - beside).square().mean(1)
    energy = functional.avg_pool2d(
        energy, 2 * REACH_CELLS + 1, stride=1, padding=REACH_CELLS, count_include_pad=False
    )
    least, nearest = energy.min(dim=0)  # lh lw
    kept = (1 - threshold / least.clamp_min(1e-12)).clamp_min(0)
    chosen = beside.gather(0, nearest[None, None].expand(1, *frame.shape))[0]
    return chosen + kept * (frame - chosen)


def _still_change(rows: Float[Tensor, "n values"], picture: int) -> Float[Tensor, "n values"]:
    """Return what has to be added to the pixels of a cell so that it shows one picture only."""
    cells = split_cells(split_cells(rows[:, None, None, None]))
    video = patches_to_video(cells)  # n c g h w
    still = video[:, :, picture : picture + 1].expand_as(video)
    patches = video_to_patches(still - video)
    return rearrange(merge_cells(merge_cells(patches)), "n 1 1 1 values -> n values")
