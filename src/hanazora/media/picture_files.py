"""Write one picture as PNG, JPEG or WebP: the same bytes every time, no clock time, no name."""

from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

import av
import av.video

from hanazora.core.paths import write_bytes
from hanazora.media.frames import Picture
from hanazora.media.pictures import encode_png

PictureKind: TypeAlias = Literal["png", "jpeg", "webp"]
"""PNG loses nothing; JPEG and WebP are smaller."""

PICTURE_KINDS: dict[str, PictureKind] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
}
"""Kind of picture by the end of a file name."""

_QUALITY = "92"
_QUANTISER = "2"  # of 1 (best) to 31


def write_picture(path: Path, picture: Picture, kind: PictureKind) -> None:
    """Write a picture, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    write_bytes(path, encode_picture(picture, kind))


def encode_picture(picture: Picture, kind: PictureKind) -> bytes:
    """Return the bytes of a picture file."""
    if kind == "png":
        return encode_png(picture)
    if kind == "jpeg":
        options = {"qmin": _QUANTISER, "qmax": _QUANTISER, "flags": "+bitexact+qscale"}
        return _encode("mjpeg", "yuvj444p", picture, options)
    return _encode("libwebp", "bgra", picture, {"quality": _QUALITY, "flags": "+bitexact"})


def _encode(codec: str, pixel_format: str, picture: Picture, options: dict[str, str]) -> bytes:
    context = av.CodecContext.create(codec, "w")
    if not isinstance(context, av.VideoCodecContext):
        raise RuntimeError(f"{codec} is no codec of pictures")
    context.height, context.width = picture.shape[:2]
    context.pix_fmt, context.options, context.time_base = pixel_format, options, Fraction(1)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    frame.pts, frame.time_base = 0, Fraction(1)
    packets = [*context.encode(frame), *context.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
