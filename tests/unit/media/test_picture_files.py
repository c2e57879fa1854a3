import numpy as np
import pytest

from hanazora.media.decode import read_video
from hanazora.media.picture_files import PICTURE_KINDS, encode_picture, write_picture
from hanazora.media.probe import probe


@pytest.mark.parametrize(("kind", "error"), [("png", 0), ("jpeg", 3), ("webp", 4)])
@pytest.mark.parametrize("size", [(33, 47), (64, 96)])
def test_a_picture_comes_back(clip, tmp_path, kind, error, size):
    y, x = np.mgrid[0 : size[0], 0 : size[1]]
    picture = np.stack([x * 2, y * 2, 200 - x], axis=-1).astype(np.uint8)
    path = tmp_path / "picture.partial"
    write_picture(path, picture, kind)
    assert probe(path)[:3] == (size[1], size[0], 1)
    read = read_video(path)[0].astype(int)
    assert np.abs(read - picture).mean() <= error


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_the_same_picture_is_the_same_file(clip, kind):
    picture = clip(1)[0]
    data = encode_picture(picture, kind)
    assert data == encode_picture(picture, kind)
    assert b"Lavc" not in data


def test_a_kind_is_named_by_the_end_of_a_name():
    assert PICTURE_KINDS[".jpg"] == PICTURE_KINDS[".jpeg"] == "jpeg"
