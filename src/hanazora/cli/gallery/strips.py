"""Contact strips: frames of a finished file side by side, small enough for a page."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from hanazora.media.decode import read_video
from hanazora.media.frames import Frames, Picture, contact_sheet, spread
from hanazora.media.picture_files import PICTURE_KINDS
from hanazora.media.stills import read_picture

STRIP_WIDTH = 960
"""Pixels across the page; frames are reduced by a whole number to come near it."""

GAP_PX = 4


def contact_strip(path: Path, num_frames: int) -> Picture:
    """Return frames of a video or picture side by side, at equal distances in time.

    Args:
        path: a file that was let out.
        num_frames: how many; the first and the last of the file are among them.
    """
    is_picture = path.suffix in PICTURE_KINDS
    frames = read_picture(path)[None] if is_picture else read_video(path)
    factor = max(round(frames.shape[2] * num_frames / STRIP_WIDTH), 1)
    return contact_sheet(_reduced(spread(frames, num_frames), factor), num_frames, GAP_PX)


def likeness_db(one: Picture, other: UInt8[np.ndarray, "h2 w2 3"]) -> float:
    """Return how alike two pictures of one size are (PSNR); 0 where their sizes differ."""
    if one.shape != other.shape:
        return 0.0
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def _reduced(frames: Frames, factor: int) -> UInt8[np.ndarray, "t h2 w2 3"]:
    """Average squares of `factor` x `factor` pixels; what is left over at the end is cut off."""
    height, width = (side // factor * factor for side in frames.shape[1:3])
    squares = frames[:, :height, :width].reshape(
        len(frames), height // factor, factor, width // factor, factor, 3
    )
    reduced: Frames = squares.mean(axis=(2, 4)).round().astype(np.uint8)
    return reduced
