"""Where a shot ends: a jump in what a frame looks like that motion does not explain.

A frame is summed up by the mean colours of an 8 x 8 grid and by one histogram per channel. The
distance to the frame before is compared with the recent ones, so that a pan or a flicker is no cut.
A cut that is seen where there is none costs one more look; so the thresholds are low.
"""

from collections import deque
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hanazora.media.frames import Picture

_GRID = 8
_SAMPLES = 64
_BINS = 8
_MIN_JUMP = 0.08
"""Distance below which nothing is a cut."""
_MIN_RATIO = 2.5
"""How many times the usual distance a cut is."""
_MEMORY = 8
"""Distances that make up what is usual."""


class _Look(NamedTuple):
    grid: Float[np.ndarray, "g g 3"]
    histogram: Float[np.ndarray, "3 bins"]


class CutDetector:
    """Tells of each frame whether a shot begins with it; the first frame begins one."""

    def __init__(self) -> None:
        self._before: _Look | None = None
        self._usual: deque[float] = deque(maxlen=_MEMORY)

    def see(self, frame: Picture) -> bool:
        """Take the next frame; returns whether it begins a shot."""
        look = _look(frame)
        before, self._before = self._before, look
        if before is None:
            return True
        jump = _distance(before, look)
        usual = float(np.median(self._usual)) if self._usual else 0.0
        if jump > max(_MIN_JUMP, _MIN_RATIO * usual):
            return True  # a jump says nothing about the motion around it
        self._usual.append(jump)
        return False


def _look(frame: Picture) -> _Look:
    rows = np.linspace(0, frame.shape[0] - 1, _SAMPLES).astype(int)
    columns = np.linspace(0, frame.shape[1] - 1, _SAMPLES).astype(int)
    sampled = frame[rows[:, None], columns[None, :]]
    side = _SAMPLES // _GRID
    cells = sampled.reshape(_GRID, side, _GRID, side, 3)
    bins = (sampled.reshape(-1, 3) >> 5).astype(np.int64)
    counts = [np.bincount(bins[:, channel], minlength=_BINS) for channel in range(3)]
    return _Look(cells.mean(axis=(1, 3)) / 255.0, np.stack(counts) / (_SAMPLES * _SAMPLES))


def _distance(first: _Look, second: _Look) -> float:
    """Return 0 for equal looks, at most 1."""
    grid = np.abs(first.grid - second.grid).mean()
    histogram = 0.5 * np.abs(first.histogram - second.histogram).sum(axis=1).mean()
    return float(0.5 * grid + 0.5 * histogram)
