"""The grid of chips a mark is laid on: fixed per class of size and aspect, stretched to the frame.

Because the grid belongs to the picture and not to its pixels, a change of size or a stretch is no
obstacle to reading. The classes keep a chip near one pixel of the marked frame, so that the mark
stays in the band where the eye sees little and a codec keeps enough.
"""

import math
from typing import NamedTuple

_CELLS = 320 * 192
_ASPECTS = {"wide": (192, 320), "square": (248, 248), "tall": (320, 192)}
_SMALLEST_PX = 90
"""Side of the square with the area of the smallest frame that has room for a mark."""
_SMALLEST_SIDE_PX = 64
_SWITCH_PX = {0.5: 0, 1.0: 176, 2.0: 400}
"""From which side on (of the square with the frame's area) a scale of the grid is used."""


class Layout(NamedTuple):
    """Rows and columns of chips."""

    rows: int
    columns: int


def has_room(height: int, width: int) -> bool:
    """Tell whether frames of a size can carry a mark at all; content can still deny it."""
    return math.sqrt(height * width) >= _SMALLEST_PX and min(height, width) >= _SMALLEST_SIDE_PX


def layout_for(height: int, width: int) -> Layout:
    """Return the grid that marks frames of a size."""
    side = math.sqrt(height * width)
    scale = max(factor for factor, from_px in _SWITCH_PX.items() if side >= from_px)
    return _layout(_nearest_aspects(height, width)[0], scale)


def layouts(height: int, width: int) -> list[Layout]:
    """Return every grid, the most likely for received frames of a size first."""
    likely = layout_for(height, width)
    every = [
        _layout(aspect, scale)
        for aspect in _nearest_aspects(height, width)
        for scale in (1.0, 2.0, 0.5)
    ]
    return [likely, *(layout for layout in every if layout != likely)]


def amplitude(layout: Layout) -> float:
    """How strong a mark on this grid is, in units of the strength on 320 x 192 chips.

    The evidence grows with the root of the number of chips, so large frames get a fainter mark.
    """
    return min(math.sqrt(math.sqrt(_CELLS / (layout.rows * layout.columns))), 1.2)


def _nearest_aspects(height: int, width: int) -> list[str]:
    def distance(name: str) -> float:
        rows, columns = _ASPECTS[name]
        return abs(math.log(width / height) - math.log(columns / rows))

    return sorted(_ASPECTS, key=distance)


def _layout(aspect: str, scale: float) -> Layout:
    rows, columns = _ASPECTS[aspect]
    return Layout(round(rows * scale), round(columns * scale))
