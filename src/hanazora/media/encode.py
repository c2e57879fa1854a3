"""Write frames as an H.264 MP4: exact size, count and rate, the same bytes every time.

The file is yuv420p (BT.709, limited range), its index comes first (faststart), and it carries no
clock time and no name of a machine. Frames are appended as they are made, so memory does not grow
with the duration.
"""

import contextlib
import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import av.video

from hanazora.core.errors import OutputError
from hanazora.core.paths import atomic_path, output_error, require_writable
from hanazora.media.frames import Frames
from hanazora.media.mp4 import Sample, fragment, length_prefixed, set_display_size
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
        self.path, self.width, self.height = path, width, height
        self.num_frames = 0
        self._time_base = 1 / fps
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._stream = _add_stream(self._container, width, height, fps, {"x264-params": _X264})

    def append(self, frames: Frames) -> None:
        """Encode the next frames."""
        for frame in _encoder_frames(frames, self.width, self.height):
            frame.pts, frame.time_base = self.num_frames, self._time_base
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


class GrowingVideo:
    """A fragmented MP4 that plays up to its newest frame; made by `open_growing_video`.

    Every frame is a fragment of its own and is on the disk when `append` returns. (FFmpeg's muxer
    holds each fragment back until the next one begins, so the fragments are written here.)

    Args:
        path: the file to write.
        width: pixels, odd allowed.
        height: pixels, odd allowed.
        fps: frames per second.
    """

    def __init__(self, path: Path, width: int, height: int, fps: Fraction) -> None:
        self.path, self.width, self.height = path, width, height
        self.num_frames = 0
        header = io.BytesIO()
        flags = {"movflags": "+empty_moov+default_base_moof", "fflags": "+bitexact"}
        self._container = av.open(header, "w", format="mp4", options=flags)
        live = {"x264-params": _X264, "tune": "zerolatency"}  # a frame comes out as it goes in
        self._stream = _add_stream(self._container, width, height, fps, live)
        self._container.start_encoding()
        time_base = self._stream.time_base
        assert time_base is not None, "the container has been started"
        self._frame_ticks = 1 / (fps * time_base)
        self._file = path.open("wb")
        self._write(header.getvalue())
        set_display_size(path, width, height)

    def append(self, frames: Frames) -> None:
        """Encode the next frames and make them playable."""
        for frame in _encoder_frames(frames, self.width, self.height):
            start, end = (round((self.num_frames + i) * self._frame_ticks) for i in (0, 1))
            frame.pts, frame.time_base = start, self._stream.time_base
            for packet in self._stream.encode(frame):
                sample = Sample(length_prefixed(bytes(packet)), end - start, packet.is_keyframe)
                self._write(fragment(self.num_frames + 1, start, sample))
            self.num_frames += 1

    def close(self) -> None:
        """Release the file."""
        self._file.close()
        with contextlib.suppress(av.FFmpegError):
            self._container.close()

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise output_error(self.path, error) from error


def _add_stream(
    container: av.container.OutputContainer,
    width: int,
    height: int,
    fps: Fraction,
    options: dict[str, str],
) -> av.VideoStream:
    if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
        container.close()
        raise ValueError(f"size {width}x{height} is outside 1 to {MAX_SIDE_PX} pixels per side")
    settings = {"crf": _CRF, "preset": "medium", **options}
    stream = container.add_stream("libx264", rate=fps, options=settings)
    stream.width, stream.height = width + width % 2, height + height % 2
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = 1 / fps
    context.color_range = _LIMITED_RANGE
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream


def _encoder_frames(frames: Frames, width: int, height: int) -> Iterator[av.VideoFrame]:
    if frames.shape[1:3] != (height, width):
        got = f"{frames.shape[2]}x{frames.shape[1]}"
        raise ValueError(f"the file is {width}x{height}, got frames of {got}")
    for picture in frames:
        frame = av.VideoFrame.from_ndarray(to_yuv420(picture), format="yuv420p")
        frame.colorspace, frame.color_range = _BT709, _LIMITED_RANGE
        yield frame


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


@contextlib.contextmanager
def open_growing_video(path: Path, *, width: int, height: int, fps: Rate) -> Iterator[GrowingVideo]:
    """Open a video that can be watched while it is written.

    It is gone when the block ends, well or not: the finished video is another, signed file.

    Raises:
        OutputError: the file cannot be written.
    """
    require_writable(path)
    try:
        writer = GrowingVideo(path, width, height, exact_fps(fps))
        try:
            yield writer
        finally:
            writer.close()
    except av.FFmpegError as error:
        raise _write_error(path, error) from error
    finally:
        path.unlink(missing_ok=True)


def write_video(path: Path, frames: Frames, *, fps: Rate) -> None:
    """Write all frames of a clip as one file."""
    height, width = frames.shape[1:3]
    with open_video(path, width=width, height=height, fps=fps) as writer:
        writer.append(frames)


def _write_error(path: Path, error: av.FFmpegError) -> OutputError:
    return output_error(path, OSError(error.errno, error.strerror))
