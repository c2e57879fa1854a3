import numpy as np
import pytest

KEY = b"a key of the tests, 32 bytes long"
MARK_ID = 0x12_3456_789A


def _scene(height, width, seed=0):
    # Smooth hills with some grain and hard-edged shapes on them: flat areas, texture and edges.
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    waves = sum(
        rng.uniform(4, 18) * np.sin(rows * a + columns * b + c)
        for a, b, c in zip(*rng.uniform(0, 0.35, (2, 9)), rng.uniform(0, 6, 9), strict=True)
    )
    picture = 128 + waves[..., None] * rng.uniform(0.6, 1.2, 3)
    picture[: height // 3] = (120, 170, 210)
    picture[height // 2 :, : width // 3] += rng.normal(0, 14, (height - height // 2, width // 3, 1))
    for _ in range(12):
        top, left = rng.integers(0, height - 20), rng.integers(0, width - 20)
        picture[top : top + 20, left : left + 14] = rng.uniform(20, 235, 3)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def scene():
    """A picture of a size: `scene(height, width, seed=0)`."""
    return _scene


@pytest.fixture(scope="session")
def moving():
    """A clip whose camera pans: `moving(num_frames, height, width)`."""

    def clip(num_frames=9, height=192, width=320, seed=0):
        wide = _scene(height, width + 2 * num_frames, seed)
        return np.stack([wide[:, 2 * t : 2 * t + width] for t in range(num_frames)])

    return clip


@pytest.fixture(scope="session")
def key():
    return KEY


@pytest.fixture(scope="session")
def mark_id():
    return MARK_ID
