"""PNG pictures (ISO/IEC 15948), 8-bit RGB, written and read with the standard library alone."""

import struct
import zlib
from pathlib import Path

import numpy as np

from hanazora.core.errors import UserError
from hanazora.core.paths import write_bytes
from hanazora.media.frames import Picture

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(path: Path, picture: Picture) -> None:
    """Write a picture, whole or not at all."""
    write_bytes(path, encode_png(picture))


def encode_png(picture: Picture) -> bytes:
    """Return the bytes of a PNG file."""
    height, width = picture.shape[:2]
    # Filter "up" on every row: the difference to the row above packs best on smooth pictures.
    above = np.concatenate([np.zeros_like(picture[:1]), picture[:-1]])
    rows = (picture - above).reshape(height, width * 3)  # uint8 wraps around, as PNG wants
    filtered = np.concatenate([np.full((height, 1), 2, np.uint8), rows], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(filtered.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def read_png_size(path: Path) -> tuple[int, int]:
    """Return the width and height of a PNG file."""
    with path.open("rb") as file:
        head = file.read(24)
    if len(head) < 24 or not head.startswith(_SIGNATURE):
        raise UserError(f"{path} is not a PNG picture")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
