import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.media.decode import read_frames, read_video
from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png


def test_frames_come_back_close_and_in_order(tmp_path):
    ramp = np.arange(10, 250, 20, dtype=np.uint8)
    frames = np.broadcast_to(ramp[:, None, None, None], (12, 32, 48, 3)).copy()
    write_video(tmp_path / "a.mp4", frames, fps=8)
    back = read_video(tmp_path / "a.mp4")
    assert np.abs(back.astype(int) - frames).max() <= 3


def test_reading_stops_where_asked(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(9), fps=8)
    assert len(read_video(tmp_path / "a.mp4", max_frames=4)) == 4


def test_a_cut_off_file_gives_what_it_has(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(20, 96, 96), fps=8)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])
    assert 1 <= len(list(read_frames(path))) <= 20


def test_a_picture_is_a_video_of_one_frame(tmp_path, clip):
    write_png(tmp_path / "a.png", clip(1)[0])
    assert (read_video(tmp_path / "a.png") == clip(1)).all()


def test_what_is_not_a_video_is_one_line(tmp_path):
    (tmp_path / "a.mp4").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(UserError, match="cannot read"):
        list(read_frames(tmp_path / "a.mp4"))
    with pytest.raises(UserError, match="no such file"):
        list(read_frames(tmp_path / "absent.mp4"))
