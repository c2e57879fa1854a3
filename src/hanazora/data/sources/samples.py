"""How a clip becomes samples: at which size, at which moments, in how many pieces.

There are no buckets. Every sample keeps a size of its own, because packed sequences mix sizes; what
has to give is what the network cannot take: sides are whole tokens (32 pixels), frames are one more
than a multiple of 4, and nothing is larger or longer than the limits below. Pixels are scaled down
and cut at the borders, frames left out at the end; nothing is enlarged or padded.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE, LatentShape, VideoShape, latent_shape
from hanazora.data.sources.listing import ListedClip
from hanazora.media.frames import ClipInfo
from hanazora.media.guarded import Cut
from hanazora.media.limits import InputLimits

TOKEN_SIDE_PX = 2 * SPACE_STRIDE
"""Pixels along a side of the bundled model's token, two latent cells."""

SOURCE_LIMITS = InputLimits(min_side_px=TOKEN_SIDE_PX, max_side_px=8192, max_seconds=6 * 3600)
"""Which files are read; what is larger than a sample is scaled, what is longer is cut."""

_SHORTEST_REST = TIME_STRIDE + 1
_ROUNDING_S = 5e-4  # times are rounded to milliseconds


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleConfig:
    """What samples are cut from clips; the defaults are what the bundled model knows."""

    fps: float = 8.0
    """Frames per second of every sample."""
    num_frames: int = 17
    """Most frames of a sample, one more than a multiple of 4; longer clips give several samples."""
    max_pixels: int = 320 * 192
    """Most pixels of a frame; larger ones are scaled down."""

    def __post_init__(self) -> None:
        if not 1 <= self.fps <= 60:
            nearest = f"{min(max(self.fps, 1), 60):g}"
            raise UserError(f"fps {self.fps:g}", "it must be 1 to 60", nearest)
        if self.num_frames < 1 or self.num_frames % TIME_STRIDE != 1:
            nearest = str(whole_groups(max(self.num_frames, 1)))
            rule = f"a sample has one frame more than a multiple of {TIME_STRIDE}"
            raise UserError(f"num_frames {self.num_frames}", rule, nearest)
        if self.max_pixels < TOKEN_SIDE_PX**2:
            least = TOKEN_SIDE_PX**2
            raise UserError(f"max_pixels {self.max_pixels}", "one token is larger", str(least))


class SourceClip(NamedTuple):
    """One usable clip and what is cut from it."""

    listed: ListedClip
    info: ClipInfo
    width: int
    """Pixels of its samples."""
    height: int
    """Pixels of its samples."""
    cuts: tuple[Cut, ...]
    """The frames of each sample, by their numbers at the clip's own rate."""
    repeats: bool
    """Whether its own rate is below the samples', so that frames are shown twice."""

    @property
    def shapes(self) -> list[LatentShape]:
        """Size of the latents of each sample."""
        return [latent_shape(VideoShape(len(cut), self.height, self.width)) for cut in self.cuts]


def plan_samples(listed: ListedClip, info: ClipInfo, config: SampleConfig) -> SourceClip:
    """Decide what is cut from a clip.

    Raises:
        UserError: its times lie outside of it.
    """
    width, height = fit_size(info.width, info.height, config.max_pixels)
    if listed.is_picture:
        if listed.start_s or listed.end_s is not None:
            raise UserError(
                "is a picture with times", "a picture lasts no time", "no start and end"
            )
        return SourceClip(listed, info, width, height, ((0,),), repeats=False)
    start, end = _require_times(listed, info)
    moments = max(1, math.ceil((end - start) * config.fps - 1e-3))
    cuts = tuple(
        tuple(_frame_at(start + moment / config.fps, info) for moment in piece)
        for piece in split_moments(moments, config.num_frames)
    )
    return SourceClip(listed, info, width, height, cuts, repeats=info.fps < Fraction(config.fps))


def fit_size(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """Return the width and height of the samples of a clip.

    Of all sizes of whole tokens that are not larger than the clip or the limit, the one inside
    which the whole clip would be largest; of equal ones the one that cuts off least.
    """
    step = TOKEN_SIDE_PX
    sizes = [
        (w, h)
        for w in range(step, min(width, max_pixels // step) + 1, step)
        for h in range(step, min(height, max_pixels // w) + 1, step)
    ]
    # w / width and h / height are the scales at which the clip fits; multiplied out, exact.
    return max(sizes, key=lambda s: (min(s[0] * height, s[1] * width), -s[0] * s[1]))


def split_moments(count: int, longest: int) -> list[range]:
    """Cut a number of moments into samples, one after the other.

    The last one loses up to 3 moments, so that it has one more than a multiple of 4; a rest that
    would be a single picture is left out, unless it is all there is.
    """
    pieces = []
    for start in range(0, count, longest):
        size = whole_groups(min(longest, count - start))
        if size >= min(_SHORTEST_REST, longest) or start == 0:
            pieces.append(range(start, start + size))
    return pieces


def whole_groups(num_frames: int) -> int:
    """Return the largest number up to this one that is one more than a multiple of 4."""
    return (num_frames - 1) // TIME_STRIDE * TIME_STRIDE + 1


def _require_times(listed: ListedClip, info: ClipInfo) -> tuple[float, float]:
    duration = float(info.num_frames / info.fps)
    start, end = listed.start_s, duration if listed.end_s is None else listed.end_s
    slack = float(1 / info.fps) + _ROUNDING_S
    if math.isfinite(start) and 0 <= start < min(end, duration) and end <= duration + slack:
        return start, min(end, duration)
    given = f"is used from {start:g} to {end:g} s"
    rule = f"it lasts {duration:.3g} s, and an end comes after its start"
    raise UserError(given, rule, f"times from 0 to {math.floor(duration * 100) / 100:g}")


def _frame_at(seconds: float, info: ClipInfo) -> int:
    """Return the number of the frame that a player shows at a time."""
    return min(int((seconds + _ROUNDING_S) * float(info.fps)), info.num_frames - 1)
