"""Read somebody's clip as upright frames at a constant rate, or say in one line why not.

A clip of variable rate is shown at its usual rate: each moment has the frame a player would show.
What would come out wrong without a word is refused: a clip that is cut off or damaged, one with
pixels that are not square, one in HDR, one that changes its size, one outside the limits.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import NamedTuple

import av
import numpy as np

from hanazora.core.errors import UserError
from hanazora.media.deadline import answer_within, within
from hanazora.media.decode import decoded_frames, upright
from hanazora.media.frames import ClipInfo, Frames, Picture
from hanazora.media.limits import INPUT_LIMITS, SILENCE_S, InputLimits, check_input_size
from hanazora.media.opening import open_media
from hanazora.media.probe import unreadable

MAX_CLIP_BYTES = 4 << 30
"""Largest clip that `read_clip` holds in memory."""

_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}  # ITU-T H.273 table 3
_JITTER = 0.25  # of a frame: a clip that strays no further from an even pace has a constant rate


class Clip(NamedTuple):
    """A clip in memory."""

    frames: Frames
    fps: Fraction


class _Schedule(NamedTuple):
    info: ClipInfo
    repeats: list[int]
    """How often each stored frame is shown, in display order."""


def inspect_clip(
    path: Path, limits: InputLimits = INPUT_LIMITS, silence_s: float = SILENCE_S
) -> ClipInfo:
    """Judge a clip without decoding more than its first frame.

    Args:
        path: the file.
        limits: what is refused as too large or too long.
        silence_s: how long that may take.

    Raises:
        UserError: it cannot be read as it is; the message says what would be read.
    """
    return answer_within(path, lambda: _inspect(path, limits).info, silence_s)


def read_clip_frames(
    path: Path, limits: InputLimits = INPUT_LIMITS, silence_s: float = SILENCE_S
) -> Iterator[Picture]:
    """Yield exactly the frames that `inspect_clip` announces; memory is a few frames.

    Args:
        path: the file.
        limits: what is refused as too large or too long.
        silence_s: how long the decoder may say nothing.

    Raises:
        UserError: as `inspect_clip`; or, when all was read, that some frame of it is damaged; or
            that decoding it hangs.
    """
    return within(path, lambda: _read_clip_frames(path, limits), silence_s)


def _read_clip_frames(path: Path, limits: InputLimits) -> Iterator[Picture]:
    schedule = _inspect(path, limits)
    info, num_decoded = schedule.info, 0
    size = (info.height, info.width)
    with open_media(path) as container:
        for frame in decoded_frames(container, _video_stream(path, container)):
            if frame.is_corrupt:
                continue
            picture = upright(frame)
            if picture.shape[:2] != size:
                now = f"{picture.shape[1]}x{picture.shape[0]}"
                rule = f"it is {info.width}x{info.height} at first and {now} later"
                raise UserError(f"{path} changes its size", rule, "a copy of one size")
            num_decoded += 1
            if num_decoded <= len(schedule.repeats):
                for _ in range(schedule.repeats[num_decoded - 1]):
                    yield picture
    if num_decoded != len(schedule.repeats):
        readable = f"{num_decoded} of its {len(schedule.repeats)} frames can be decoded"
        raise UserError(f"{path} is damaged", readable, "another copy of it")


def read_clip(path: Path) -> Clip:
    """Return a clip whole.

    Raises:
        UserError: as `read_clip_frames`, or it is too large for memory.
    """
    info = inspect_clip(path)
    frame_bytes = info.width * info.height * 3
    if frame_bytes * info.num_frames > MAX_CLIP_BYTES:
        limit = MAX_CLIP_BYTES // frame_bytes
        rule = f"at this size a clip has at most {limit} frames"
        raise UserError(f"{path} has {info.num_frames} frames", rule, f"its first {limit} frames")
    frames = np.empty((info.num_frames, info.height, info.width, 3), np.uint8)
    for index, picture in enumerate(read_clip_frames(path)):
        frames[index] = picture
    return Clip(frames, info.fps)


def _inspect(path: Path, limits: InputLimits) -> _Schedule:
    try:
        with open_media(path) as container:
            stream = _video_stream(path, container)
            times = _display_times(path, container, stream, limits)
            fps, repeats = even_pace(times, stream.average_rate)
        with open_media(path) as container:
            stream = _video_stream(path, container)
            width, height = _upright_size(path, container, stream, limits)
    except (av.FFmpegError, OSError) as error:
        raise unreadable(path, error) from error
    return _Schedule(ClipInfo(width, height, fps, sum(repeats)), repeats)


def _video_stream(path: Path, container: av.container.InputContainer) -> av.VideoStream:
    for stream in container.streams.video:
        # The cover of a song is a video stream of one frame.
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    raise UserError(f"{path} has no video stream", "", "a clip with a picture in it")


def _display_times(
    path: Path,
    container: av.container.InputContainer,
    stream: av.VideoStream,
    limits: InputLimits,
) -> list[float]:
    """Return when each frame is shown, in seconds, sorted."""
    packets = [packet for packet in container.demux(stream) if packet.size]
    if stream.frames > len(packets):
        raise _cut_off(path, f"{len(packets)} of its {stream.frames} frames are there")
    shown = [packet for packet in packets if not packet.is_discard]
    if not shown:
        raise UserError(f"cannot read {path} as a video", "it holds no frame")
    base = stream.time_base or Fraction(1)
    if any(packet.pts is None for packet in shown):
        # A bare stream without times: its frames follow each other at the stream's rate.
        rate = stream.average_rate or stream.base_rate or Fraction(25)
        return [float(index / rate) for index in range(len(shown))]
    times = sorted(float(packet.pts * base) for packet in shown if packet.pts is not None)
    length = times[-1] - times[0]
    if length > limits.max_seconds:
        rule = f"a clip lasts at most {limits.max_seconds} s"
        raise UserError(f"{path} lasts {length:.1f} s", rule, f"its first {limits.max_seconds} s")
    declared = _declared_seconds(stream)
    if declared - length > max(0.2, 3 * length / len(times)):
        raise _cut_off(path, f"{length:.2f} of its {declared:.2f} s are there")
    return times


def _declared_seconds(stream: av.VideoStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    # Matroska writes it as a tag, hours:minutes:seconds.
    parts = stream.metadata["DURATION"].split(":") if "DURATION" in stream.metadata else []
    try:
        hours, minutes, seconds = (float(part) for part in parts)
    except ValueError:
        return 0.0
    return hours * 3600 + minutes * 60 + seconds


def _cut_off(path: Path, detail: str) -> UserError:
    return UserError(f"{path} is cut off", detail, "another copy of it")


def _upright_size(
    path: Path,
    container: av.container.InputContainer,
    stream: av.VideoStream,
    limits: InputLimits,
) -> tuple[int, int]:
    context, aspect = stream.codec_context, stream.sample_aspect_ratio
    check_input_size(path, context.width, context.height, limits)
    if context.color_trc in _HDR_TRANSFERS:
        name = _HDR_TRANSFERS[context.color_trc]
        raise UserError(f"{path} is in HDR ({name})", "only SDR is read", "a copy in SDR, BT.709")
    if aspect not in (None, 0, 1):
        width = round(context.width * aspect)
        rule = f"its pixels are {aspect.numerator}:{aspect.denominator}, not square"
        raise UserError(f"{path} is squeezed", rule, f"a copy of {width}x{context.height}")
    first = next(decoded_frames(container, stream), None)
    if first is None:
        raise UserError(f"cannot read {path} as a video", "no frame of it can be decoded")
    height, width = upright(first).shape[:2]
    return width, height


def even_pace(
    times: Sequence[float], declared: Fraction | None = None
) -> tuple[Fraction, list[int]]:
    """Find the constant rate of a clip and how often each frame is shown at it.

    Args:
        times: when each frame is shown, in seconds, ascending.
        declared: the rate its file claims, taken where the times agree.

    Returns:
        Frames per second, and the number of times each frame is shown; all 1 where the pace is even
        already.
    """
    offsets = np.asarray(times) - times[0]
    if offsets[-1] == 0:
        return declared or Fraction(1), [1] * len(times)
    mean_rate = (len(times) - 1) / offsets[-1]
    even = np.arange(len(times)) / mean_rate
    if np.abs(offsets - even).max() * mean_rate <= _JITTER:
        return nice_rate(mean_rate, declared), [1] * len(times)
    usual = nice_rate(1 / max(median(np.diff(offsets).tolist()), 1e-3), None)
    # Each moment shows the newest frame; half a millisecond forgives rounded times.
    num_shown = round(offsets[-1] * usual) + 1
    moments = np.arange(num_shown) / float(usual) + 5e-4
    newest = np.searchsorted(offsets, moments, side="right") - 1
    return usual, np.bincount(newest, minlength=len(times)).tolist()


def nice_rate(rate: float, declared: Fraction | None) -> Fraction:
    """Return the usual rate next to a measured one: the declared, a whole, an NTSC rate."""
    whole, ntsc = Fraction(round(rate)), Fraction(round(rate * 1.001) * 1000, 1001)
    candidates = [declared, whole, ntsc] if declared else [whole, ntsc]
    close = [candidate for candidate in candidates if abs(float(candidate) / rate - 1) < 5e-4]
    if close:
        return close[0]
    near = [candidate for candidate in candidates if abs(float(candidate) / rate - 1) < 5e-3]
    return near[0] if near else Fraction(rate).limit_denominator(1001)
