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


def picture_boxes(picture: Float[np.ndarray, "h w 3"]) -> list[Box]:
    """Return the parts that may be the picture without bars of one colour; none if it has no bars.

    Bars are as thick on both sides, as a rule, but the sky or the ground of a picture may look like
    more of a bar; so the part between even bars comes second where it is another one.

    Args:
        picture: the mean of the frames, 0..255.
    """
    height, width = picture.shape[:2]
    top, bottom = _bars(picture)
    left, right = _bars(picture[top : height - bottom].transpose(1, 0, 2))
    across, down = min(left, right), min(top, bottom)
    boxes = {
        Box(top, height - bottom, left, width - right): None,
        Box(down, height - down, across, width - across): None,
    }
    whole = Box(0, height, 0, width)
    return [box for box in boxes if box != whole and _area(box) >= _MIN_SHARE * height * width]


def _area(box: Box) -> int:
    return (box.bottom - box.top) * (box.right - box.left)


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
