import pytest

from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.pipelines.detect.looking import look


def test_a_file_is_read_once_for_all(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(6, 64, 80), fps=8)
    looked = look(path)
    assert looked.frames.shape == (6, 64, 80, 3) and looked.fps == 8.0
    assert len(looked.searched[0].hashes) == 2  # one a half second
    (tmp_path / "b.mp4").write_bytes(b"nothing")
    with pytest.raises(UserError):
        look(tmp_path / "b.mp4")
