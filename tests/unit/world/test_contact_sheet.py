import zlib

import numpy as np
import pytest

from hanazora.world.contact_sheet import build_sheet, png_bytes, write_sheet


def test_sheet_places_first_and_last_frames(clip):
    frames = clip(num_frames=5, height=16, width=24)
    sheet = build_sheet([("a", frames), ("b", frames[::-1])], columns=2, gap=3)
    assert sheet.shape == (2 * 19 + 3, 2 * 27 + 3, 3)
    np.testing.assert_array_equal(sheet[3:19, 3:27], frames[0])
    np.testing.assert_array_equal(sheet[3:19, 30:54], frames[4])
    np.testing.assert_array_equal(sheet[22:38, 3:27], frames[4])


def test_png_holds_the_pixels(clip, tmp_path):
    picture = clip(num_frames=1, height=5, width=7)[0]
    data = png_bytes(picture)
    assert data.startswith(b"\x89PNG")
    start = data.index(b"IDAT") + 4
    size = int.from_bytes(data[start - 8 : start - 4], "big")
    lines = np.frombuffer(zlib.decompress(data[start : start + size]), np.uint8).reshape(5, -1)
    np.testing.assert_array_equal(lines[:, 1:].reshape(5, 7, 3), picture)
    write_sheet([("a", picture[None])], tmp_path / "sheet.png", columns=1)
    assert (tmp_path / "sheet.png").read_bytes()[1:4] == b"PNG"


def test_no_clips_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        build_sheet([])
