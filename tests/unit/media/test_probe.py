from fractions import Fraction

import pytest

from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.media.probe import probe


def test_facts_of_a_video(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(5, 32, 48), fps=Fraction(25, 2))
    info = probe(tmp_path / "a.mp4")
    assert info._replace(duration_s=0.0) == (48, 32, 5, Fraction(25, 2), 0.0, "h264", "yuv420p")
    assert info.duration_s == pytest.approx(0.4)


def test_what_is_not_a_video_is_one_line(tmp_path):
    (tmp_path / "text.mp4").write_text("hello " * 200)
    with pytest.raises(UserError, match="as a video"):
        probe(tmp_path / "text.mp4")
    with pytest.raises(UserError, match="no such file"):
        probe(tmp_path / "absent.mp4")
