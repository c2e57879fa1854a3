"""Which way up a still is: the orientation tag of Exif 2.3 (JEITA CP-3451C), tag 0x0112.

Cameras store the picture as the sensor read it and say in this tag how to turn it. It is found in
JPEG (segment APP1), PNG (chunk eXIf) and WebP (chunk EXIF); everywhere else a picture is upright.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from hanazora.media.frames import Picture

_ORIENTATION_TAG = 0x0112
_EXIF_PREFIX = b"Exif\0\0"
_SHORT = 3


class _Turn(NamedTuple):
    """Quarter turns counter-clockwise, then whether left and right are swapped."""

    quarters: int
    is_mirrored: bool


# Orientation value to what makes the stored picture upright.
_TURNS = {
    1: _Turn(0, False),
    2: _Turn(0, True),
    3: _Turn(2, False),
    4: _Turn(2, True),
    5: _Turn(3, True),
    6: _Turn(3, False),
    7: _Turn(1, True),
    8: _Turn(1, False),
}


def read_orientation(path: Path) -> int:
    """Return the orientation of a still, 1 to 8; 1, upright, where it says nothing readable."""
    data = path.read_bytes()
    for block in _exif_blocks(data):
        value = _orientation(block.removeprefix(_EXIF_PREFIX))
        if value in _TURNS:
            return value
    return 1


def turn_upright(picture: Picture, orientation: int) -> UInt8[np.ndarray, "h2 w2 3"]:
    """Turn a picture as its orientation says."""
    quarters, is_mirrored = _TURNS[orientation]
    turned = np.rot90(picture, quarters)
    return np.ascontiguousarray(turned[:, ::-1] if is_mirrored else turned)


def _exif_blocks(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\xff\xd8"):
        yield from _jpeg_blocks(data)
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _chunks(data, 8, ">I4s", trailer_bytes=4, wanted=b"eXIf")
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        yield from _chunks(data, 12, "<4sI", trailer_bytes=0, wanted=b"EXIF")


def _jpeg_blocks(data: bytes) -> Iterator[bytes]:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = struct.unpack_from(">xBH", data, place)
        if marker == 0xDA:  # the pixels begin
            return
        content = data[place + 4 : place + 2 + length]
        if marker == 0xE1 and content.startswith(_EXIF_PREFIX):
            yield content
        place += 2 + length


def _chunks(
    data: bytes, place: int, header: str, trailer_bytes: int, wanted: bytes
) -> Iterator[bytes]:
    while place + 8 <= len(data):
        first, second = struct.unpack_from(header, data, place)
        kind, length = (first, second) if isinstance(first, bytes) else (second, first)
        if kind == wanted:
            yield data[place + 8 : place + 8 + length]
        padding = length % 2 if header.startswith("<") else 0  # RIFF chunks have even lengths
        place += 8 + length + padding + trailer_bytes


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    (directory,) = struct.unpack_from(order + "I", tiff, 4)
    if directory + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, directory)
    for entry in range(directory + 2, min(directory + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, entry)
        if (tag, kind) == (_ORIENTATION_TAG, _SHORT):
            return int(value)
    return 1
