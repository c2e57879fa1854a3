import pytest

from hanazora.core.errors import UserError
from hanazora.media.decode import read_video
from hanazora.media.pictures import encode_png, read_png_size, write_png


@pytest.mark.parametrize(("height", "width"), [(1, 1), (7, 13), (32, 48)])
def test_another_reader_sees_the_same_pixels(tmp_path, clip, height, width):
    picture = clip(1, height, width)[0]
    write_png(tmp_path / "a.png", picture)
    assert (read_video(tmp_path / "a.png")[0] == picture).all()
    assert read_png_size(tmp_path / "a.png") == (width, height)


def test_the_same_picture_is_the_same_bytes(clip):
    assert encode_png(clip(1)[0]) == encode_png(clip(1)[0])


def test_another_file_is_refused(tmp_path):
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(UserError, match="not a PNG"):
        read_png_size(tmp_path / "a.png")
