"""Motion of a clip without any learned weights: block matching between small grey frames.

The scene reader sees where things went through these fields. They are computed, not learned, so a
few minutes of training are enough to read directions and camera moves from them. Blocks are
compared by their mean absolute difference and the displacement is the softly weighted mean of all
candidates, which gives fractions of a pixel.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

GREY_HEIGHT, GREY_WIDTH = 48, 80
FIELD_HEIGHT, FIELD_WIDTH = GREY_HEIGHT // 2, GREY_WIDTH // 2
"""Grid of the motion fields: one block every two pixels of the small grey frames."""

SHORT_PAIRS, LONG_PAIRS = 6, 3
LONG_GAP = 4
"""Neighbouring frames catch fast motion, frames this far apart slow motion."""

REACH_X, REACH_Y = 6, 3
"""Largest displacement looked for, in pixels of the small grey frames."""

CHANNELS_PER_PAIR = 4
MOTION_CHANNELS = CHANNELS_PER_PAIR * (SHORT_PAIRS + LONG_PAIRS)

_SOFTNESS = 0.012
"""Difference in grey level (0 to 1) that makes a candidate e times less likely."""

_LUMA = (0.299, 0.587, 0.114)


def frame_pairs(num_frames: int) -> list[tuple[int, int]]:
    """Return which frames are compared, spread evenly over a clip of any length."""
    short = _spread(num_frames - 1, SHORT_PAIRS)
    gap = min(LONG_GAP, num_frames - 1)
    long = _spread(num_frames - gap, LONG_PAIRS)
    step = min(1, num_frames - 1)
    return [(start, start + step) for start in short] + [(start, start + gap) for start in long]


def grey_frames(frames: UInt8[Tensor, "t c h w"]) -> Float[Tensor, "t gh gw"]:
    """Return small grey frames in [0, 1] with their mean brightness taken out."""
    small = functional.interpolate(
        frames, (GREY_HEIGHT, GREY_WIDTH), mode="bilinear", antialias=True
    ).float()
    grey = torch.einsum("tchw,c->thw", small, small.new_tensor(_LUMA)) / 255.0
    return grey - grey.mean(dim=(1, 2), keepdim=True)  # a flicker of the light is not a motion


def match_blocks(grey: Float[Tensor, "t gh gw"]) -> Float[Tensor, "m fh fw"]:
    """Return the motion fields of a clip.

    Args:
        grey: frames of `grey_frames`.

    Returns:
        For every pair of `frame_pairs` the displacement (x, y) as a share of the reach, how sure
        it is, and how different the block is at its old place.
    """
    first, second = (torch.tensor(side) for side in zip(*frame_pairs(len(grey)), strict=True))
    here, there = grey[first], grey[second]
    padded = functional.pad(there[:, None], (REACH_X, REACH_X, REACH_Y, REACH_Y), mode="replicate")
    offsets = [(y, x) for y in range(2 * REACH_Y + 1) for x in range(2 * REACH_X + 1)]
    costs = torch.stack(
        [
            _block_means((here - padded[:, 0, y : y + GREY_HEIGHT, x : x + GREY_WIDTH]).abs_())
            for y, x in offsets
        ],
        dim=1,
    )  # p o fh fw
    weights = (-costs / _SOFTNESS).softmax(dim=1)
    steps = torch.tensor(offsets, dtype=costs.dtype)
    moved_y = torch.einsum("pohw,o->phw", weights, (steps[:, 0] - REACH_Y) / REACH_Y)
    moved_x = torch.einsum("pohw,o->phw", weights, (steps[:, 1] - REACH_X) / REACH_X)
    still = costs[:, offsets.index((REACH_Y, REACH_X))] * 8.0
    return torch.stack([moved_x, moved_y, weights.amax(dim=1), still], dim=1).flatten(0, 1)


def mirror_motion(motion: Float[Tensor, "b m fh fw"]) -> Float[Tensor, "b m fh fw"]:
    """Return the fields of the mirrored clip."""
    mirrored = motion.flip(-1).clone()
    mirrored[:, ::CHANNELS_PER_PAIR] *= -1.0
    return mirrored


def _spread(num_starts: int, count: int) -> list[int]:
    last = max(0, num_starts - 1)
    return [round(index * last / (count - 1)) for index in range(count)]


def _block_means(difference: Float[Tensor, "p gh gw"]) -> Float[Tensor, "p fh fw"]:
    """Average over blocks of 6x6 pixels, one every 2 pixels; blocks at the edge are smaller."""
    cells = difference[:, ::2] + difference[:, 1::2]
    cells = cells[..., ::2] + cells[..., 1::2]
    return functional.avg_pool2d(cells, 3, 1, 1, count_include_pad=False) / 4.0
