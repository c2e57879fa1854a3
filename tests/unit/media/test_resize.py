import numpy as np
import pytest

from hanazora.media.resize import cover


def test_a_picture_that_fits_is_not_touched(clip):
    picture = clip(1, 64, 96)[0]
    assert (cover(picture, 96, 64) == picture).all()


@pytest.mark.parametrize(
    ("size", "middle"),
    [((64, 64), np.s_[:, 16:80]), ((96, 32), np.s_[16:48, :]), ((64, 32), np.s_[8:56, :])],
)
def test_the_middle_of_a_picture_is_kept(size, middle):
    y, x = np.mgrid[0:64, 0:96]
    picture = np.stack([x * 2, y * 3, x + y], axis=-1).astype(np.uint8)
    made = cover(picture, *size)
    assert made.shape == (size[1], size[0], 3)
    expected = picture[middle]
    for axis in (0, 1):
        assert abs(made.mean(axis=axis).mean() - expected.mean(axis=axis).mean()) < 1.5
    assert abs(int(made[0, 0, 0]) - int(expected[0, 0, 0])) <= 2


def test_smaller_means_the_mean_of_what_is_covered():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (64, 96, 3), dtype=np.uint8)
    made = cover(picture, 48, 32).astype(float)
    expected = picture.reshape(32, 2, 48, 2, 3).mean(axis=(1, 3))
    assert np.abs(made - expected).mean() < 2
