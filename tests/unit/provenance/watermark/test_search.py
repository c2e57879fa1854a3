import numpy as np
import pytest

from hanazora.provenance.watermark.borders import Box
from hanazora.provenance.watermark.evidence import MAX_P
from hanazora.provenance.watermark.layout import Layout
from hanazora.provenance.watermark.look import views_of
from hanazora.provenance.watermark.search import Place, Views, search
from hanazora.provenance.watermark.watermarker import Watermarker


@pytest.fixture(scope="module")
def marked(moving, key, mark_id):
    frames = moving()
    return views_of(Watermarker(key, mark_id, 192, 320).embed(frames, 0))


def test_an_untouched_mark_is_found_at_once(marked, key):
    hit = search(marked, [key])
    assert hit.p_value < 1e-50
    assert hit.num_places <= 8
    assert hit.place == Place(Layout(192, 320))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p: p[:, :, ::-1], {"flipped": True}),
        (lambda p: p[:, ::-1], {"upside_down": True}),
        (lambda p: np.pad(p, ((0, 0), (30, 30), (0, 0), (0, 0))), {"box": Box(30, 222, 0, 320)}),
    ],
)
def test_flips_and_bars_are_undone(marked, key, change, expected):
    hit = search(np.ascontiguousarray(change(marked)), [key], cropped=False)
    assert hit.p_value < 1e-30
    assert hit.place == Place(Layout(192, 320), **expected)


def test_a_cropped_corner_is_found(marked, key):
    hit = search(marked[:, 14:186, 8:296], [key])
    assert hit.p_value < MAX_P
    assert hit.place.size is not None
    assert abs(hit.place.top - 14) <= 1
    assert abs(hit.place.left - 8) <= 1
    assert hit.num_places > 1000


def test_the_right_one_of_several_keys_is_named(marked, key):
    assert search(marked, [b"x" * 16, key, b"y" * 16], cropped=False).key_index == 1


def test_without_a_mark_nothing_is_found(scene, key):
    hit = search(views_of(scene(192, 320, seed=4)[None]), [key], cropped=False)
    assert hit.p_value > MAX_P
    assert hit.num_places >= 8 * 4 * 9


def test_a_part_of_the_grid_is_seen_as_such(marked):
    place = Place(Layout(192, 320), size=Layout(100, 200), top=5, left=7)
    view = Views(marked).of(place)
    assert view[:, 5:105, 7:207].any()
    assert not view[:, 105:].any()
    assert not view[:, :, :7].any()
