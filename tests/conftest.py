"""Shared fixtures: one seed, few threads, and a tiny clip made by code."""

import numpy as np
import pytest


@pytest.fixture
def seed():
    return 1234


@pytest.fixture
def clip():
    """Return a function that makes a small moving picture, uint8 t h w c."""

    def make(num_frames=5, height=32, width=48):
        t, y, x = np.mgrid[0:num_frames, 0:height, 0:width]
        red = (x * 5 + t * 11) % 256
        green = (y * 7 + t * 3) % 256
        blue = 128 + 60 * np.sin((x + y) / 9.0 + t)
        return np.stack([red, green, blue], axis=-1).astype(np.uint8)

    return make
