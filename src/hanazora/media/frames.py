"""Frames: uint8 RGB arrays of axes t h w c, and the checks every picture passes on its way out."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, UInt8

from hanazora.core.errors import NonFiniteError

Frames: TypeAlias = UInt8[np.ndarray, "t h w 3"]
FramePiece: TypeAlias = UInt8[np.ndarray, "_t h w 3"]
"""Some consecutive frames of a video: pieces of one video differ in length only."""

Picture: TypeAlias = UInt8[np.ndarray, "h w 3"]


class ClipInfo(NamedTuple):
    """What reading a clip gives: upright size, constant rate, number of frames at that rate."""

    width: int
    height: int
    fps: Fraction
    num_frames: int


# A decoder overshoots a little at edges; more than this means wrong units (0..1 or 0..255).
_MAX_ABS = 4.0


def quantise(video: Float[np.ndarray, "t h w 3"]) -> Frames:
    """Turn float frames in [-1, 1] into uint8 frames.

    Raises:
        NonFiniteError: a value is NaN or infinite.
        ValueError: the values are not in the units of a video.
    """
    require_finite(video)
    if np.abs(video).max() > _MAX_ABS:
        raise ValueError(f"a video lies in [-1, 1], got values up to {np.abs(video).max():.4g}")
    scaled = np.clip((video.astype(np.float32) + 1.0) * 127.5, 0.0, 255.0)
    return np.rint(scaled).astype(np.uint8)


def require_finite(video: Float[np.ndarray, "t h w 3"]) -> None:
    """Stop at the first frame that holds a NaN or an infinity."""
    bad = ~np.isfinite(video).all(axis=(1, 2, 3))
    if bad.any():
        raise NonFiniteError(f"frame {int(bad.argmax())} has values that are not finite")


def is_flat(frames: Frames) -> bool:
    """Tell whether no frame shows anything: every picture is (nearly) one single colour."""
    low = frames.min(axis=(1, 2)).astype(int)
    high = frames.max(axis=(1, 2)).astype(int)
    return bool((high - low).max() <= 2)


def crop(frames: Frames, height: int, width: int) -> UInt8[np.ndarray, "t new_h new_w 3"]:
    """Keep the top left part; the counterpart of padding at the bottom and the right."""
    if height > frames.shape[1] or width > frames.shape[2]:
        raise ValueError(f"cannot crop {frames.shape[2]}x{frames.shape[1]} to {width}x{height}")
    return frames[:, :height, :width]


def spread(frames: Frames, count: int) -> UInt8[np.ndarray, "count h w 3"]:
    """Pick frames evenly spread over a clip, the first and the last among them."""
    moments = np.linspace(0, len(frames) - 1, count).round().astype(int)
    return frames[moments]


def contact_sheet(
    frames: Frames, columns: int, gap_px: int = 4
) -> UInt8[np.ndarray, "sheet_h sheet_w 3"]:
    """Lay frames out in rows, left to right and top to bottom, on white.

    Args:
        frames: the pictures.
        columns: pictures per row.
        gap_px: white pixels between pictures.
    """
    num_frames, height, width = frames.shape[:3]
    rows = -(-num_frames // columns)
    sheet = np.full(
        (rows * (height + gap_px) - gap_px, columns * (width + gap_px) - gap_px, 3), 255, np.uint8
    )
    for index, frame in enumerate(frames):
        top, left = (index // columns) * (height + gap_px), (index % columns) * (width + gap_px)
        sheet[top : top + height, left : left + width] = frame
    return sheet


def stack_rows(
    rows: Sequence[UInt8[np.ndarray, "_h _w 3"]], gap_px: int = 4
) -> UInt8[np.ndarray, "sheet_h sheet_w 3"]:
    """Put pictures of any widths below each other, from the left, on white.

    Args:
        rows: the pictures.
        gap_px: white pixels between them.
    """
    height = sum(len(row) + gap_px for row in rows) - gap_px
    sheet = np.full((height, max(row.shape[1] for row in rows), 3), 255, np.uint8)
    top = 0
    for row in rows:
        sheet[top : top + row.shape[0], : row.shape[1]] = row
        top += row.shape[0] + gap_px
    return sheet
