"""A clip and a picture in an empty directory."""

import pytest

from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch, clip):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "clip.mp4", clip(9, 32, 48), fps=8)
    write_png(tmp_path / "cat.png", clip(1, 32, 48)[0])
