import av
import pytest

from hanazora.core.errors import UserError
from hanazora.media.clips import inspect_clip
from hanazora.media.encode import write_video
from hanazora.media.opening import open_media
from hanazora.media.probe import probe
from hanazora.media.stills import read_picture


def test_a_video_is_opened(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(3, 32, 48), fps=8)
    with open_media(path) as container:
        assert container.streams.video[0].width == 48


def test_text_is_no_film(tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text("cherry blossoms in the snow\n" * 40)
    for read in (inspect_clip, probe, read_picture):
        with pytest.raises(UserError, match=r"prompts\.txt is text: a clip or a picture was asked"):
            read(path)


def test_what_cannot_be_read_stays_the_reader_s_to_tell(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(av.FFmpegError), open_media(tmp_path / "a.mp4"):
        pass
