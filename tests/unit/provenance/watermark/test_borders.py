import numpy as np
import pytest

from hanazora.provenance.watermark.borders import Box, picture_boxes


def test_a_picture_without_bars_is_taken_whole(scene):
    picture = scene(96, 160).astype(np.float32)
    picture += np.random.default_rng(0).normal(0, 6, picture.shape)
    assert picture_boxes(picture.astype(np.float32)) == []


@pytest.mark.parametrize("colour", [0, 16, 255])
def test_bars_are_found_on_any_side(colour):
    picture = np.random.default_rng(1).uniform(0, 255, (96, 160, 3)).astype(np.float32)
    picture[:12] = picture[80:] = colour
    picture[:, :9] = colour
    assert picture_boxes(picture) == [Box(12, 80, 9, 160), Box(12, 84, 0, 160)]


def test_a_sky_of_the_colour_of_the_bars_is_no_part_of_them():
    picture = np.random.default_rng(1).uniform(0, 255, (96, 160, 3)).astype(np.float32)
    picture[:20] = picture[84:] = 0
    assert Box(12, 84, 0, 160) in picture_boxes(picture)


def test_one_single_colour_is_no_bar():
    assert picture_boxes(np.full((40, 60, 3), 9, np.float32)) == []


def test_what_would_leave_almost_nothing_is_no_bar():
    picture = np.zeros((96, 160, 3), np.float32)
    picture[40:50, 70:90] = np.random.default_rng(1).uniform(0, 255, (10, 20, 3))
    assert picture_boxes(picture) == []
