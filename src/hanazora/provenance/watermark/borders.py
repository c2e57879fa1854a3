"""Where the picture is inside a frame that was given bars."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

_MAX_DEVIATION, _MAX_STEP = 2.5, 6.0
_MIN_SHARE = 0.4


class Box(NamedTuple):
    """Part of a frame in pixels; bottom and right are not inside."""

    top: int
    bottom: int
    left: int
    right: int


def picture_box(picture: Float[np.ndarray, "h w 3"]) -> Box:
    """Return the part without bars of one colour; the whole frame where there are none.

    Args:
        picture: the mean of the frames, 0..255.
    """
    height, width = picture.shape[:2]
    top, bottom = _bars(picture)
    left, right = _bars(picture[top : height - bottom].transpose(1, 0, 2))
    box = Box(top, height - bottom, left, width - right)
    share = (box.bottom - box.top) * (box.right - box.left) / (height * width)
    return box if share >= _MIN_SHARE else Box(0, height, 0, width)


def _bars(rows: np.ndarray) -> tuple[int, int]:
    # A bar: rows that are flat in themselves and of the colour of the outermost row.
    deviation = rows.std(axis=1).max(axis=-1)
    colour = rows.mean(axis=1)
    counts = []
    for order in (slice(None), slice(None, None, -1)):
        step = np.abs(colour[order] - colour[order][:1]).max(axis=-1)
        flat = (deviation[order] < _MAX_DEVIATION) & (step < _MAX_STEP)
        counts.append(len(flat) if flat.all() else int(np.argmin(flat)))
    return (0, 0) if counts[0] == len(rows) else (counts[0], counts[1])
