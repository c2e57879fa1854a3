import numpy as np
import pytest

from hanazora.core.errors import NonFiniteError
from hanazora.media.frames import contact_sheet, crop, is_flat, quantise, require_finite, spread


def test_the_ends_and_the_middle_of_the_range():
    video = np.array([-1.0, 0.0, 1.0, 1.3], np.float32).reshape(1, 1, 4, 1).repeat(3, axis=3)
    assert quantise(video)[0, 0, :, 0].tolist() == [0, 128, 255, 255]


def test_every_byte_survives_a_round_trip():
    frames = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    assert (quantise(frames.astype(np.float32) / 127.5 - 1) == frames).all()


def test_a_value_that_is_not_finite_names_its_frame():
    video = np.zeros((3, 4, 4, 3), np.float32)
    video[2, 1, 1, 0] = np.nan
    with pytest.raises(NonFiniteError, match="frame 2"):
        quantise(video)
    with pytest.raises(NonFiniteError):
        require_finite(np.full((1, 2, 2, 3), np.inf, np.float32))


def test_bytes_scaled_twice_are_refused():
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        quantise(np.full((1, 2, 2, 3), 200.0, np.float32))


def test_flat_means_nothing_to_see_in_any_frame(clip):
    assert is_flat(np.full((3, 8, 8, 3), 7, np.uint8))
    frames = np.full((3, 8, 8, 3), 7, np.uint8)
    frames[1, 2, 2] = 90
    assert not is_flat(frames)
    assert not is_flat(clip())


def test_crop_keeps_the_top_left_and_cannot_grow(clip):
    frames = clip(2, 16, 16)
    assert (crop(frames, 9, 7) == frames[:, :9, :7]).all()
    with pytest.raises(ValueError, match="cannot crop"):
        crop(frames, 17, 7)


def test_spread_frames_hold_the_first_and_the_last(clip):
    frames = clip(9)
    assert (spread(frames, 3) == frames[[0, 4, 8]]).all()
    assert spread(frames[:1], 3).shape[0] == 3


def test_contact_sheet_places_frames_in_reading_order(clip):
    frames = clip(5, 8, 10)
    sheet = contact_sheet(frames, columns=3, gap_px=2)
    assert sheet.shape == (18, 34, 3)
    assert (sheet[:8, 12:22] == frames[1]).all()
    assert (sheet[10:18, 0:10] == frames[3]).all()
    assert (sheet[10:18, 24:34] == 255).all()
