"""Write frames as an H.264 MP4: exact size, count and rate, the same bytes every time.

The file is yuv420p (BT.709, limited range), its index comes first (faststart), and it carries no
clock time and no name of a machine. Frames are appended as they are made, so memory does not grow
with the duration.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import av.video

from hanazora.core.errors import OutputError
from hanazora.core.paths import atomic_path, output_error
from hanazora.media.frames import Frames
from hanazora.media.mp4 import set_display_size
from hanazora.media.yuv import to_yuv420

MAX_SIDE_PX = 4096
MIN_FPS, MAX_FPS = 1, 120

Rate: TypeAlias = int | float | Fraction
"""Frames per second."""

_CRF = "17"
# threads: x264's output depends on the number, so it is fixed.
# mbtree: two runs differ with its AVX-512 code (not with AVX2); why was not found.
# bframes: without them there is no edit list, so the duration is exact and frame 0 is at time 0.
_X264 = "threads=4:bframes=0:mbtree=0"
_BT709 = 1
_LIMITED_RANGE = 1


def exact_fps(fps: Rate) -> Fraction:
    """Return frames per second as a fraction; 23.976 becomes 24000/1001."""
    rate = Fraction(fps).limit_denominator(1001)
    ntsc = Fraction(round(fps * 1.001) * 1000, 1001)
    # The usual three-digit names of NTSC rates are rounded and mean the exact fraction.
    if rate.denominator != 1 and abs(float(ntsc) - float(fps)) < 5e-4:
        rate = ntsc
    if not MIN_FPS <= rate <= MAX_FPS:
        raise ValueError(f"fps {float(fps):g} is outside {MIN_FPS} to {MAX_FPS}")
    return rate


class VideoWriter:
    """An open video file; made by `open_video`.

    Args:
        path: the file to write.
        width: pixels, odd allowed.
        height: pixels, odd allowed.
        fps: frames per second.
    """

    def __init__(self, path: Path, width: int, height: int, fps: Fraction) -> None:
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise ValueError(f"size {width}x{height} is outside 1 to {MAX_SIDE_PX} pixels per side")
        self.path, self.width, self.height = path, width, height
        self.num_frames = 0
        self._time_base = 1 / fps
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._stream = self._container.add_stream(
            "libx264", rate=fps, options={"crf": _CRF, "preset": "medium", "x264-params": _X264}
        )
        self._stream.width, self._stream.height = width + width % 2, height + height % 2
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = self._time_base
        context.color_range = _LIMITED_RANGE
        context.colorspace = context.color_primaries = context.color_trc = _BT709

    def append(self, frames: Frames) -> None:
        """Encode the next frames."""
        if frames.shape[1:3] != (self.height, self.width):
            got = f"{frames.shape[2]}x{frames.shape[1]}"
            raise ValueError(f"the file is {self.width}x{self.height}, got frames of {got}")
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(to_yuv420(picture), format="yuv420p")
            frame.pts, frame.time_base = self.num_frames, self._time_base
            frame.colorspace, frame.color_range = _BT709, _LIMITED_RANGE
            self._container.mux(self._stream.encode(frame))
            self.num_frames += 1

    def finish(self) -> None:
        """Flush the encoder and write the index."""
        if self.num_frames == 0:
            raise ValueError("a video needs at least 1 frame")
        self._container.mux(self._stream.encode(None))
        self._container.close()
        if self.width % 2 or self.height % 2:
            set_display_size(self.path, self.width, self.height)

    def close(self) -> None:
        """Release the file; what was not finished is not a playable video."""
        with contextlib.suppress(av.FFmpegError):
            self._container.close()


@contextlib.contextmanager
def open_video(path: Path, *, width: int, height: int, fps: Rate) -> Iterator[VideoWriter]:
    """Open a video to append frames to; it appears under `path` when the block ends well.

    Leaving the block by an exception, cancellation included, leaves nothing behind.

    Raises:
        OutputError: the file cannot be written, for instance because the disk is full.
    """
    with atomic_path(path) as temporary:
        try:
            writer = VideoWriter(temporary, width, height, exact_fps(fps))
            try:
                yield writer
                writer.finish()
            finally:
                writer.close()
        except av.FFmpegError as error:
            raise _write_error(path, error) from error


def write_video(path: Path, frames: Frames, *, fps: Rate) -> None:
    """Write all frames of a clip as one file."""
    height, width = frames.shape[1:3]
    with open_video(path, width=width, height=height, fps=fps) as writer:
        writer.append(frames)


def _write_error(path: Path, error: av.FFmpegError) -> OutputError:
    return output_error(path, OSError(error.errno, error.strerror))
