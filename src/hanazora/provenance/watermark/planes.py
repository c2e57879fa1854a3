"""Planes of a picture and the three filters that marking and reading share.

The mark lives in luma (Rec. ITU-R BT.709) and in the blue-difference colour, where the eye sees
fine patterns worst and codecs quantise least. Everything is numpy: sums along axes for means, one
matrix per axis for a change of size, the FFT for a band.
"""

import functools

import numpy as np
from jaxtyping import Float, Num

Plane = Float[np.ndarray, "*rest h w"]

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
BLUE_PER_CHROMA = 2 * (1 - BLUE)
"""What one unit of blue difference adds to blue."""
GREEN_PER_CHROMA = -BLUE_PER_CHROMA * BLUE / GREEN
"""What it adds to green, so that luma stays."""
RED_PER_CHROMA = 2 * (1 - RED)


def luma(rgb: Num[np.ndarray, "*rest c"]) -> Float[np.ndarray, "*rest"]:
    """Luma of pictures, 0..255."""
    weights = np.array([RED, GREEN, BLUE], np.float32)
    return np.asarray(rgb, np.float32) @ weights


def chroma(rgb: Num[np.ndarray, "*rest c"], hue_degrees: int) -> Float[np.ndarray, "*rest"]:
    """The colour axis of the mark, after the colours are turned back by an angle."""
    rgb = np.asarray(rgb, np.float32)
    grey = luma(rgb)
    blue = (rgb[..., 2] - grey) / BLUE_PER_CHROMA
    if not hue_degrees:
        return blue
    red = (rgb[..., 0] - grey) / RED_PER_CHROMA
    angle = np.deg2rad(hue_degrees)
    return (np.cos(angle) * blue + np.sin(angle) * red).astype(np.float32)


def box_mean(plane: Plane, radius: int) -> Plane:
    """Mean over a square of 2 * radius + 1, edges repeated; its cost does not grow with radius."""
    size = 2 * radius + 1
    pad = [(0, 0)] * (plane.ndim - 2) + [(radius + 1, radius)] * 2
    total = np.pad(plane, pad, mode="edge").astype(np.float64).cumsum(axis=-2)
    total = (total[..., size:, :] - total[..., :-size, :]).cumsum(axis=-1)
    return ((total[..., size:] - total[..., :-size]) / size**2).astype(np.float32)


def resample(plane: Plane, height: int, width: int) -> Float[np.ndarray, "*rest new_h new_w"]:
    """Change the size of planes, without aliasing where they get smaller."""
    rows, columns = plane.shape[-2:]
    if rows != height:
        plane = resampling_matrix(rows, height) @ plane
    if columns != width:
        plane = plane @ resampling_matrix(columns, width).T
    return plane


@functools.lru_cache(maxsize=256)
def resampling_matrix(size: int, new_size: int) -> Float[np.ndarray, "new_size size"]:
    """Weights of a cubic kernel (Keys 1981, a = -1/2), widened where the size shrinks."""
    scale = size / new_size
    centres = (np.arange(new_size) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(size) - centres[:, None]) / max(scale, 1.0)
    near = 1 - 2.5 * distance**2 + 1.5 * distance**3
    far = 2 - 4 * distance + 2.5 * distance**2 - 0.5 * distance**3
    weights = np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


@functools.lru_cache(maxsize=64)
def band(height: int, width: int, low: float, high: float) -> Float[np.ndarray, "h half_w"]:
    """Frequency response of a band, for `np.fft.rfft2`.

    Args:
        height: rows of the plane.
        width: columns of the plane.
        low: lower edge in cycles per sample, where half is left.
        high: upper edge.
    """
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    below = np.exp2(-((radius / high) ** 6))
    above = 1 - np.exp2(-((radius / low) ** 6))
    return (below * above).astype(np.float32)
