import struct

import numpy as np
import pytest

from hanazora.media.encode import write_video
from hanazora.media.mp4 import (
    Sample,
    fragment,
    length_prefixed,
    set_display_size,
    top_level_boxes,
)
from hanazora.media.probe import probe


def test_the_index_comes_before_the_pictures(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(), fps=8)
    boxes = top_level_boxes(tmp_path / "a.mp4")
    assert boxes[0] == b"ftyp"
    assert boxes.index(b"moov") < boxes.index(b"mdat")


def test_the_display_size_is_what_a_reader_reports(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(2, 32, 48), fps=8)
    set_display_size(path, 47, 31)
    assert (probe(path).width, probe(path).height) == (47, 31)


def test_a_file_without_an_index_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(np.zeros(64, np.uint8).tobytes())
    with pytest.raises(ValueError, match="no movie box"):
        set_display_size(path, 3, 3)


def test_start_codes_of_both_lengths_become_lengths():
    stream = b"\0\0\0\1\x67abc\0\0\1\x68d\0\0\0\1\x65\0\0\3\1"
    expected = b"\0\0\0\4\x67abc\0\0\0\2\x68d\0\0\0\5\x65\0\0\3\1"
    assert length_prefixed(stream) == expected


def test_a_fragment_names_its_time_and_where_its_data_lies(tmp_path):
    data = fragment(3, 5_000_000_000, Sample(b"frame", ticks=40, is_key_frame=True))
    (tmp_path / "a").write_bytes(data)
    assert top_level_boxes(tmp_path / "a") == [b"moof", b"mdat"]
    assert data.index(b"frame") == len(data) - 5
    run = data.index(b"trun") + 4
    offset, ticks, size = struct.unpack_from(">iII", data, run + 8)
    assert (offset, ticks, size) == (len(data) - 5, 40, 5)
    assert struct.unpack_from(">Q", data, data.index(b"tfdt") + 8) == (5_000_000_000,)
