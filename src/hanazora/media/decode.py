"""Read video files of any make as RGB frames, one at a time or all at once."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from hanazora.core.errors import UserError
from hanazora.media.deadline import within
from hanazora.media.frames import Frames, Picture
from hanazora.media.limits import SILENCE_S
from hanazora.media.opening import open_media
from hanazora.media.probe import unreadable


def read_frames(path: Path, silence_s: float = SILENCE_S) -> Iterator[Picture]:
    """Yield the frames of a video upright and in display order; memory is a few frames.

    A damaged packet is skipped; a file without one readable frame is an error.

    Args:
        path: the file.
        silence_s: how long the decoder may say nothing.

    Raises:
        UserError: not a video, no such file, nothing in it can be decoded, or decoding it hangs.
    """
    return within(path, lambda: _read_frames(path), silence_s)


def _read_frames(path: Path) -> Iterator[Picture]:
    count = 0
    try:
        with open_media(path) as container:
            if not container.streams.video:
                raise UserError(f"{path} has no video stream")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in decoded_frames(container, stream):
                count += 1
                yield upright(frame)
    except (av.FFmpegError, OSError) as error:
        if count == 0:
            raise unreadable(path, error) from error
    if count == 0:
        raise UserError(f"cannot read {path} as a video", "no frame of it can be decoded")


def read_video(path: Path, max_frames: int | None = None) -> Frames:
    """Return the frames of a video as one array.

    Args:
        path: the file.
        max_frames: stop after this many.
    """
    pictures = []
    for picture in read_frames(path):
        pictures.append(picture)
        if len(pictures) == max_frames:
            break
    return np.stack(pictures)


def decoded_frames(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[av.VideoFrame]:
    """Yield every frame that can be decoded; a damaged packet is skipped."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def upright(frame: av.VideoFrame) -> Picture:
    """Return a frame as RGB, turned as its file says."""
    # Phones store landscape pictures with a rotation in degrees, counter-clockwise.
    rgb = frame.to_ndarray(format="rgb24")
    turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(rgb, turns)) if turns else rgb
