import io

import numpy as np
import pytest
from PIL import Image

from hanazora.provenance.watermark.reader import read_mark
from hanazora.provenance.watermark.watermarker import Watermarker


@pytest.fixture(scope="module")
def marked(moving, key, mark_id):
    return Watermarker(key, mark_id, 192, 320).embed(moving(), 0)


def jpeg(frame, quality):
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))[None]


def test_the_id_is_read_back(marked, key, mark_id):
    reading = read_mark(marked, 8, [key])
    assert reading.found
    assert reading.mark_id == mark_id
    assert reading.p_value < 1e-50
    assert reading.bits_matched > 110


def test_one_frame_through_jpeg_50_is_enough(marked, key):
    assert read_mark(jpeg(marked[4], 50), 8, [key]).found


def test_no_mark_and_a_strange_key_give_nothing(moving, marked, key):
    assert not read_mark(moving(seed=9), 8, [key], cropped=False).found
    strange = read_mark(marked, 8, [b"some other key of somebody"], cropped=False)
    assert not strange.found
    assert strange.mark_id is None
    assert strange.p_value > 1e-6


def test_a_known_id_is_named_from_less_than_an_unknown_one(marked, key, mark_id):
    rng = np.random.default_rng(0)
    weak = np.clip(marked[:1] + rng.normal(0, 47, marked[:1].shape), 0, 255).astype(np.uint8)
    ids = [*rng.integers(0, 1 << 40, 200).tolist(), mark_id]
    blind, helped = read_mark(weak, 8, [key]), read_mark(weak, 8, [key], known_ids=ids)
    assert blind.found
    assert blind.mark_id is None
    assert helped.mark_id == mark_id
    wrong = read_mark(weak, 8, [key], known_ids=ids[:-1])
    assert wrong.mark_id is None


def test_four_marked_seconds_inside_a_longer_foreign_video_are_found(moving, marked, key):
    foreign = np.concatenate([moving(16, seed=n) for n in range(5, 9)])
    spliced = np.concatenate([foreign[:32], np.repeat(marked[:1], 32, axis=0), foreign[:40]])
    assert read_mark(spliced, 8, [key], cropped=False).found


def test_nothing_to_read_is_refused(marked, key):
    with pytest.raises(ValueError, match="at least 1"):
        read_mark(marked[:0], 8, [key])
    with pytest.raises(ValueError, match="at least 1"):
        read_mark(marked, 8, [])
