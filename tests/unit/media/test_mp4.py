import numpy as np
import pytest

from hanazora.media.encode import write_video
from hanazora.media.mp4 import set_display_size, top_level_boxes
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
