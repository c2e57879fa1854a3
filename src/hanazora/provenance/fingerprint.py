"""Recognise a video by what it shows, after its manifest was stripped and its pixels re-encoded.

Every half second is averaged, scaled to a small grey square, and the signs of its lowest cosine
coefficients are kept (pHash, Zauner 2010): 143 bits that survive codecs, sizes and rates. Mirrored
and cropped versions are hashed when a file is made, so a search compares bits only. Borders are cut
from what is searched, never from what is stored.
"""

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from hanazora.media.frames import FramePiece, Frames

MOMENT_S = 0.5
HASH_BYTES = 18

MAX_DISTANCE = 0.18
"""Share of bits up to which two videos are called one; see benchmarks/recovery.py."""

_GRID = 96  # the square to which frames are reduced as they come
_SQUARE, _SIDE = 32, 12  # the square that is transformed, and how many coefficients of each axis
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BORDER_RANGE = 8.0  # a border's brightness varies less than this around its outermost line
_MIN_SHOWN = 0.5  # less than this share of a side inside borders is no border but a dark picture
_MIN_OVERLAP = 2

# top, bottom, left, right: the whole picture, then what is left of it after usual crops.
_CROPS = (
    (0.0, 1.0, 0.0, 1.0),
    (0.025, 0.975, 0.025, 0.975),
    (0.05, 0.95, 0.05, 0.95),
    (0.075, 0.925, 0.075, 0.925),
    (0.1, 0.9, 0.1, 0.9),
    (0.0, 0.9, 0.0, 0.9),
    (0.0, 0.9, 0.1, 1.0),
    (0.1, 1.0, 0.0, 0.9),
    (0.1, 1.0, 0.1, 0.9),
    (0.1, 1.0, 0.1, 1.0),
)

NUM_VARIANTS = 2 * len(_CROPS)

_ONES = np.array([bin(value).count("1") for value in range(1 << 16)], np.uint8)


class Fingerprint(NamedTuple):
    """What is kept of a video, or searched for."""

    hashes: UInt8[np.ndarray, "moments variants 18"]
    """One hash per half second and variant; a stored one has all variants, the first is plain."""
    overall: UInt8[np.ndarray, "18"]
    """Hash of the mean of all frames: one short name for the whole video."""


class Fingerprinter:
    """Takes a video frame by frame and keeps a small grey square per half second.

    Args:
        fps: frames per second.
    """

    def __init__(self, fps: float | int) -> None:
        self._fps = fps
        self._num_frames = 0
        self._sums: list[Float[np.ndarray, "96 96"]] = []
        self._counts: list[int] = []
        self._low = np.full((_GRID, _GRID), np.inf, np.float32)
        self._high = np.full((_GRID, _GRID), -np.inf, np.float32)

    def see(self, frames: FramePiece) -> None:
        """Take the next frames."""
        rows = _averaging(frames.shape[1], _GRID)
        columns = _averaging(frames.shape[2], _GRID)
        for frame in frames:
            small = rows @ (frame.astype(np.float32) @ _LUMA) @ columns.T
            self._low, self._high = np.minimum(self._low, small), np.maximum(self._high, small)
            moment = math.floor(self._num_frames / self._fps / MOMENT_S + 1e-9)
            while len(self._sums) <= moment:  # at low rates a frame stands for several moments
                self._sums.append(np.zeros((_GRID, _GRID), np.float32))
                self._counts.append(0)
            self._sums[moment] += small
            self._counts[moment] += 1
            self._num_frames += 1

    def stored(self) -> Fingerprint:
        """Return what a ledger keeps: every variant of every moment."""
        moments = self._moments()
        hashes = [
            [_hash(moment, crop, mirrored) for crop in _CROPS for mirrored in (False, True)]
            for moment in moments
        ]
        return Fingerprint(np.array(hashes), _hash(np.mean(moments, axis=0), _CROPS[0], False))

    def searched(self) -> list[Fingerprint]:
        """Return what is looked for: the picture as it is and, where it has borders, without."""
        moments = self._moments()
        found = []
        for crop in dict.fromkeys((_CROPS[0], self._inside_borders())):
            hashes = np.array([[_hash(moment, crop, False)] for moment in moments])
            found.append(Fingerprint(hashes, _hash(np.mean(moments, axis=0), crop, False)))
        return found

    def _moments(self) -> list[Float[np.ndarray, "96 96"]]:
        if not self._num_frames:
            raise ValueError("a fingerprint needs at least 1 frame")
        moments: list[Float[np.ndarray, "96 96"]] = []
        for total, count in zip(self._sums, self._counts, strict=True):
            moments.append(total / count if count else moments[-1])
        return moments

    def _inside_borders(self) -> tuple[float, float, float, float]:
        top, bottom = _shown(self._low, self._high, axis=1)
        left, right = _shown(self._low, self._high, axis=0)
        if min(bottom - top, right - left) < _MIN_SHOWN:
            return _CROPS[0]
        return top, bottom, left, right


def fingerprint(frames: Frames, fps: float | int) -> Fingerprint:
    """Return what a ledger keeps of a clip."""
    taker = Fingerprinter(fps)
    taker.see(frames)
    return taker.stored()


def distance(searched: Fingerprint, stored: Fingerprint) -> float:
    """Return the share of bits that differ, 0 to 1, at the best variant and shift in time.

    Unrelated videos differ in about half; `MAX_DISTANCE` is the limit for one and the same.
    """
    query, kept = searched.hashes[:, 0], stored.hashes
    words = query[:, None, None].view(np.uint16) ^ kept.view(np.uint16)[None]
    bits = _ONES[words].sum(axis=-1, dtype=np.float32)  # searched moment, stored moment, variant
    num_searched, num_stored = bits.shape[:2]
    needed = min(num_searched, num_stored, max(_MIN_OVERLAP, min(num_searched, num_stored) // 2))
    best = math.inf
    for shift in range(1 - num_searched, num_stored):
        first, end = max(0, -shift), min(num_searched, num_stored - shift)
        if end - first >= needed:
            moments = np.arange(first, end)
            best = min(best, float(bits[moments, moments + shift].mean(axis=0).min()))
    return best / (_SIDE * _SIDE - 1)


def nearest(searched: Sequence[Fingerprint], stored: Sequence[Fingerprint]) -> list[float]:
    """Return the distance of each stored video from the nearest form of the searched one."""
    return [min(distance(one, kept) for one in searched) for kept in stored]


def _hash(
    grey: Float[np.ndarray, "rows columns"],
    crop: tuple[float, float, float, float],
    mirrored: bool,
) -> UInt8[np.ndarray, "18"]:
    top, bottom, left, right = crop
    rows = _averaging(grey.shape[0], _SQUARE, top, bottom)
    columns = _averaging(grey.shape[1], _SQUARE, left, right)
    square = rows @ grey @ columns.T
    if mirrored:
        square = square[:, ::-1]
    cosines = _cosines()
    low = (cosines @ square @ cosines.T).reshape(-1)[1:]  # without the mean brightness
    return np.packbits(low > 0)


@functools.lru_cache(maxsize=64)
def _averaging(
    size: int, count: int, start: float = 0.0, end: float = 1.0
) -> Float[np.ndarray, "count size"]:
    """Return the matrix that averages `size` samples, or a part of them, to `count` cells."""
    edges = np.linspace(start * size, end * size, count + 1)
    samples = np.arange(size)
    low = np.maximum(edges[:-1, None], samples)
    high = np.minimum(edges[1:, None], samples + 1)
    weights = np.clip(high - low, 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


@functools.cache
def _cosines() -> Float[np.ndarray, "12 32"]:
    order, sample = np.arange(_SIDE)[:, None], np.arange(_SQUARE)[None]
    return np.cos(np.pi * (2 * sample + 1) * order / (2 * _SQUARE)).astype(np.float32)


def _shown(
    low: Float[np.ndarray, "96 96"], high: Float[np.ndarray, "96 96"], axis: int
) -> tuple[float, float]:
    """Return where along one side something other than a border is, as shares of the side."""
    darkest, brightest = low.min(axis=axis), high.max(axis=axis)
    first = _border_lines(darkest, brightest)
    last = _GRID - _border_lines(darkest[::-1], brightest[::-1])
    if first >= last:
        return 0.0, 1.0
    # The line at an edge may be half border, half picture.
    return (first + (first > 0)) / _GRID, (last - (last < _GRID)) / _GRID


def _border_lines(darkest: Float[np.ndarray, "96"], brightest: Float[np.ndarray, "96"]) -> int:
    # A border has one brightness; a plain sky behind it has one too, but another.
    level = (darkest[0] + brightest[0]) / 2
    is_border = np.maximum(brightest - level, level - darkest) < _BORDER_RANGE
    return int(np.argmin(is_border)) if not is_border.all() else len(is_border)
