"""How long and how large a video is: the options, and what follows from them."""

from dataclasses import dataclass
from typing import NamedTuple

from hanazora.cli.options.aliases import AspectText, Fps, Hd, NumFrames, Seconds, SizeText
from hanazora.cli.options.folding import OptionGroup
from hanazora.core.errors import UserError
from hanazora.pipelines.request import (
    DEFAULT_FPS,
    DEFAULT_HEIGHT,
    DEFAULT_SECONDS,
    DEFAULT_WIDTH,
    HD_HEIGHT,
    HD_WIDTH,
    Size,
    frames_from_seconds,
    parse_aspect,
    parse_size,
)


class Extent(NamedTuple):
    """The fields of a request that say how long and how large it is."""

    width: int
    height: int
    num_frames: int
    fps: float
    hd: bool


@dataclass(frozen=True, kw_only=True)
class ShapeOptions(OptionGroup):
    """How long and how large the video is."""

    seconds: Seconds = None
    num_frames: NumFrames = None
    size: SizeText = None
    aspect: AspectText = None
    fps: Fps = None
    hd: Hd = False

    @property
    def is_said(self) -> bool:
        """Whether any of them was given."""
        return self != ShapeOptions()

    def extent(self) -> Extent:
        """Return what was asked for, and the defaults for the rest.

        Raises:
            UserError: two options say the same thing, or one is outside its limits.
        """
        rate = DEFAULT_FPS if self.fps is None else self.fps
        size = chosen_size(self.size, self.aspect, hd=self.hd)
        return Extent(*size, chosen_frames(self.seconds, self.num_frames, rate), rate, self.hd)


def chosen_size(size: str | None, aspect: str | None, *, hd: bool = False) -> Size:
    """Return the size from --size or --aspect, at most one of which may be given."""
    if size is not None and aspect is not None:
        raise UserError(f"--size {size} and --aspect {aspect}", "only one of them may be given")
    if size is not None:
        return parse_size(size)
    if aspect is not None:
        return parse_aspect(aspect, HD_WIDTH * HD_HEIGHT) if hd else parse_aspect(aspect)
    return Size(HD_WIDTH, HD_HEIGHT) if hd else Size(DEFAULT_WIDTH, DEFAULT_HEIGHT)


def chosen_frames(seconds: float | None, num_frames: int | None, fps: float) -> int:
    """Return the number of frames from --seconds or --num-frames, at most one of them given."""
    if seconds is not None and num_frames is not None:
        given = f"--seconds {seconds:g} and --num-frames {num_frames}"
        raise UserError(given, "only one of them may be given")
    if num_frames is not None:
        return num_frames
    return frames_from_seconds(DEFAULT_SECONDS if seconds is None else seconds, fps)
