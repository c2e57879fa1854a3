"""What a video file says about itself, and an exact count of what is in it."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av

from hanazora.core.documents import input_error
from hanazora.core.errors import UserError
from hanazora.media.deadline import answer_within
from hanazora.media.limits import SILENCE_S
from hanazora.media.opening import open_media


class VideoInfo(NamedTuple):
    """Facts of a video file."""

    width: int
    height: int
    num_frames: int
    fps: Fraction
    duration_s: float
    codec: str
    pixel_format: str


def unreadable(path: Path, error: Exception) -> UserError:
    """Return the one-line error for a file that is not a readable video."""
    if isinstance(error, FileNotFoundError):
        return input_error(path, error, "as a video")
    reason = getattr(error, "strerror", None) or str(error)
    return UserError(f"cannot read {path} as a video", reason)


def probe(path: Path, silence_s: float = SILENCE_S) -> VideoInfo:
    """Read the size, rate and exact number of frames of a video file.

    Frames are counted by reading packets, because an index can be wrong or absent.

    Args:
        path: the file.
        silence_s: how long that may take.

    Raises:
        UserError: not a video, no such file, or reading it hangs.
    """
    return answer_within(path, lambda: _probe(path), silence_s)


def _probe(path: Path) -> VideoInfo:
    try:
        with open_media(path) as container:
            if not container.streams.video:
                raise UserError(f"{path} has no video stream")
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            fps = stream.average_rate or stream.base_rate or Fraction(1)
            duration = _duration_s(packets) or float(len(packets) / fps)
            context = stream.codec_context
            return VideoInfo(
                context.width,
                context.height,
                len(packets),
                Fraction(fps),
                duration,
                context.name,
                context.pix_fmt or "unknown",
            )
    except (av.FFmpegError, OSError) as error:
        raise unreadable(path, error) from error


def _duration_s(packets: Iterable[Any]) -> float:
    spans = [
        (packet.pts * packet.time_base, (packet.pts + packet.duration) * packet.time_base)
        for packet in packets
        if packet.pts is not None and packet.duration is not None and packet.time_base is not None
    ]
    if not spans:
        return 0.0
    return float(max(end for _, end in spans) - min(start for start, _ in spans))
