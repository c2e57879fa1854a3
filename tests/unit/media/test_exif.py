import numpy as np
import pytest
from PIL import Image, ImageOps

from hanazora.media.exif import read_orientation, turn_upright

ORIENTATION = 0x0112


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_in_every_format(tmp_path, clip, suffix, orientation):
    picture = clip(1, 24, 40)[0]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(picture).save(path, exif=exif)
    assert read_orientation(path) == orientation
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(Image.fromarray(picture)).size)
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        stored = np.asarray(image.convert("RGB"))
    assert (turn_upright(stored, orientation) == upright).all()
    assert sorted(expected) == sorted(upright.shape[:2])


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\xff", b"GIF89a",
     b"\x89PNG\r\n\x1a\n\x00\x00\x00\x04eXIfMM\0*", b"RIFF\0\0\0\0WEBPEXIF\xff\xff\xff\x7fII"],
)  # fmt: skip
def test_what_says_nothing_is_upright(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    assert read_orientation(tmp_path / "a") == 1


def test_a_value_outside_the_standard_is_upright(tmp_path, clip):
    exif = Image.Exif()
    exif[ORIENTATION] = 9
    Image.fromarray(clip(1)[0]).save(tmp_path / "a.jpg", exif=exif)
    assert read_orientation(tmp_path / "a.jpg") == 1
