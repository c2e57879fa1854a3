"""Noise from an integer hash, so that a seed means the same picture on every device.

The hash follows PCG (Jarzynski and Olano, "Hash functions for GPU rendering", 2020) in wrapping
int32 arithmetic, with two xor-shift-multiply rounds; sin-based hashes differ between CPU and GPU.
"""

import torch
from torch import Tensor

_UNIT = 1.0 / (1 << 24)


def hash2(x: Tensor, y: Tensor) -> Tensor:
    """Uniform number in [0, 1) for each pair of whole numbers (floats or int32)."""
    state = x.to(torch.int32) * 747796405 + y.to(torch.int32) * 277803737 + 1013904223
    word = ((state >> 15) ^ state) * 277803737
    word = ((word >> 13) ^ word) * 747796405
    return ((word >> 8) & 0xFFFFFF).to(torch.float32) * _UNIT


def value_noise(x: Tensor, y: Tensor) -> Tensor:
    """Smooth noise in [0, 1) with one cell per unit."""
    i, j = torch.floor(x), torch.floor(y)
    f, g = x - i, y - j
    f, g = f * f * (3 - 2 * f), g * g * (3 - 2 * g)
    low = hash2(i, j) * (1 - f) + hash2(i + 1, j) * f
    high = hash2(i, j + 1) * (1 - f) + hash2(i + 1, j + 1) * f
    return low * (1 - g) + high * g
