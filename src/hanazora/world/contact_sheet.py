"""A sheet of frames to judge clips by eye: one row per clip, a few moments side by side."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8


def build_sheet(
    clips: Sequence[tuple[str, UInt8[np.ndarray, "t h w 3"]]], *, columns: int = 4, gap: int = 4
) -> UInt8[np.ndarray, "sheet_height sheet_width 3"]:
    """Rows of evenly spread frames of equally large clips, on a dark ground.

    Args:
        clips: name and frames of each clip; the names are for the caller's own list.
        columns: frames shown of each clip.
        gap: pixels between frames.
    """
    if not clips:
        raise ValueError("a contact sheet needs at least one clip, got none")
    height, width = clips[0][1].shape[1:3]
    rows = len(clips)
    shape = (rows * (height + gap) + gap, columns * (width + gap) + gap, 3)
    sheet = np.full(shape, 24, np.uint8)
    for row, (_, frames) in enumerate(clips):
        moments = np.linspace(0, len(frames) - 1, columns).round().astype(int)
        for column, moment in enumerate(moments):
            y, x = gap + row * (height + gap), gap + column * (width + gap)
            sheet[y : y + height, x : x + width] = frames[moment]
    return sheet


def png_bytes(picture: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """An RGB picture as a PNG file (RFC 2083), written with zlib alone."""
    height, width, _ = picture.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), picture.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines.tobytes(), 6))
        + chunk(b"IEND", b"")
    )


def write_sheet(
    clips: Sequence[tuple[str, UInt8[np.ndarray, "t h w 3"]]], path: Path, *, columns: int = 4
) -> None:
    """Write a contact sheet as a PNG file."""
    path.write_bytes(png_bytes(build_sheet(clips, columns=columns)))
