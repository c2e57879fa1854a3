import pytest

from hanazora.provenance.watermark.layout import (
    Layout,
    amplitude,
    has_room,
    layout_for,
    layouts,
)


@pytest.mark.parametrize(
    ("height", "width", "layout"),
    [
        (192, 320, Layout(192, 320)),
        (320, 192, Layout(320, 192)),
        (256, 256, Layout(248, 248)),
        (720, 1280, Layout(384, 640)),
        (96, 160, Layout(96, 160)),
    ],
)
def test_a_chip_is_near_a_pixel_and_the_shape_is_that_of_the_frame(height, width, layout):
    assert layout_for(height, width) == layout
    assert layouts(height, width)[0] == layout


def test_a_reader_tries_every_grid_once():
    for size in ((192, 320), (640, 640), (90, 120)):
        assert len(layouts(*size)) == len(set(layouts(*size))) == 9


def test_more_chips_need_less_strength():
    assert amplitude(Layout(192, 320)) == 1
    assert amplitude(Layout(384, 640)) == pytest.approx(0.5**0.5)


def test_tiny_frames_have_no_room():
    assert has_room(192, 320)
    assert has_room(96, 160)
    assert not has_room(64, 64)
    assert not has_room(32, 800)
