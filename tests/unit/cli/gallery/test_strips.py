import numpy as np
import pytest

from hanazora.cli.gallery.strips import GAP_PX, STRIP_WIDTH, contact_strip, likeness_db
from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png


def test_a_strip_holds_the_first_and_the_last_frame(tmp_path, clip):
    frames = clip(9, 192, 320)
    write_video(tmp_path / "a.mp4", frames, fps=8)
    strip = contact_strip(tmp_path / "a.mp4", 6)
    assert strip.shape == (96, STRIP_WIDTH + 5 * GAP_PX, 3) and strip.dtype == np.uint8
    last = frames[8].reshape(96, 2, 160, 2, 3).mean(axis=(1, 3))
    assert np.abs(strip[:, -160:] - last).mean() < 8  # the video is lossy
    first = frames[0].reshape(96, 2, 160, 2, 3).mean(axis=(1, 3))
    assert np.abs(strip[:, :160] - first).mean() < 8


def test_a_picture_is_its_own_strip_and_odd_sides_are_cut(tmp_path, clip):
    write_png(tmp_path / "a.png", clip(1, 48, 64)[0])
    assert np.array_equal(contact_strip(tmp_path / "a.png", 1), clip(1, 48, 64)[0])
    write_png(tmp_path / "b.png", clip(1, 33, 1919)[0])
    assert contact_strip(tmp_path / "b.png", 1).shape == (16, 959, 3)


def test_likeness_is_psnr():
    grey = np.full((4, 4, 3), 100, np.uint8)
    assert likeness_db(grey, grey + 1) == pytest.approx(48.13, abs=0.01)
    assert likeness_db(grey, grey) > 100
    assert likeness_db(grey, grey[:2]) == 0
