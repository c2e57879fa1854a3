import numpy as np
import pytest

from hanazora.media.yuv import pad_even, to_yuv420


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_pure_colours_have_their_values_of_the_standard(rgb, expected):
    planes = to_yuv420(np.full((2, 4, 3), rgb, np.uint8)).reshape(-1)
    assert (planes[0], planes[8], planes[10]) == expected


def test_chroma_is_centred_on_even_columns():
    picture = np.zeros((2, 6, 3), np.uint8)
    picture[:, 2] = (0, 0, 255)
    blue = to_yuv420(picture).reshape(-1)[12:15].astype(int) - 128
    assert blue[1] == 56  # half of the full 112
    assert (blue[0], blue[2]) == (0, 0)


def test_odd_sides_repeat_the_last_pixel(clip):
    picture = clip(1, 5, 7)[0]
    padded = pad_even(picture)
    assert padded.shape == (6, 8, 3)
    assert (padded[:5, :7] == picture).all()
    assert (padded[5, :7] == picture[4]).all()
    assert to_yuv420(picture).shape == (9, 8)
