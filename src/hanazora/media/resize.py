"""Bring a picture to a smaller size: cut its middle to the new shape, then average areas."""

import av
import numpy as np
from jaxtyping import UInt8

from hanazora.media.frames import Picture


def cover(picture: Picture, width: int, height: int) -> UInt8[np.ndarray, "height width 3"]:
    """Fill a size with a picture: its middle, cut to that shape and scaled; exact fits stay as is.

    Args:
        picture: the whole picture.
        width: pixels of the result.
        height: pixels of the result.
    """
    middle = _middle(picture, width, height)
    if middle.shape[:2] == (height, width):
        return middle
    frame = av.VideoFrame.from_ndarray(middle, format="rgb24")
    # Each new pixel is the mean of what it covers, so nothing flickers as it moves.
    scaled = frame.reformat(width=width, height=height, interpolation="AREA")
    return scaled.to_ndarray(format="rgb24")


def _middle(picture: Picture, width: int, height: int) -> UInt8[np.ndarray, "h2 w2 3"]:
    have_height, have_width = picture.shape[:2]
    if have_width * height > width * have_height:
        keep_height, keep_width = have_height, max(1, round(have_height * width / height))
    else:
        keep_height, keep_width = max(1, round(have_width * height / width)), have_width
    top, left = (have_height - keep_height) // 2, (have_width - keep_width) // 2
    return picture[top : top + keep_height, left : left + keep_width].copy()
