import numpy as np
import pytest
from PIL import Image, ImageOps

from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.media.stills import read_picture


@pytest.fixture
def smooth():
    """A picture that survives JPEG."""
    y, x = np.mgrid[0:40, 0:64]
    return np.stack([x * 4, y * 6, 128 + 0 * x], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [("a.png", {}, 0), ("a.webp", {"lossless": True}, 0), ("a.jpg", {"quality": 95}, 10),
     ("b.webp", {"quality": 95}, 10), ("a.bmp", {}, 0), ("a.tiff", {}, 0)],
)  # fmt: skip
def test_formats_that_people_have(tmp_path, smooth, name, options, tolerance):
    Image.fromarray(smooth).save(tmp_path / name, **options)
    picture = read_picture(tmp_path / name)
    assert picture.shape == smooth.shape and picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - smooth).max() <= tolerance


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", [2, 6, 8])
def test_a_turned_camera_gives_an_upright_picture(tmp_path, smooth, suffix, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(smooth).save(path, exif=exif, quality=95)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    picture = read_picture(path)
    assert picture.shape == expected.shape
    assert np.abs(picture.astype(int) - expected).mean() <= 2


@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_transparent_parts_show_white_and_nothing_hidden(tmp_path, smooth, suffix):
    alpha = np.zeros(smooth.shape[:2], np.uint8)
    alpha[:, 20:40], alpha[:, 40:] = 128, 255
    Image.fromarray(np.dstack([smooth, alpha])).save(tmp_path / f"a.{suffix}", lossless=True)
    picture = read_picture(tmp_path / f"a.{suffix}").astype(int)
    assert (picture[:, :20] == 255).all()
    assert np.abs(picture[:, 20:40] - (smooth[:, 20:40] / 2 + 127.5)).max() <= 1.5
    assert (picture[:, 40:] == smooth[:, 40:]).all()


@pytest.mark.parametrize("mode", ["L", "LA", "P", "CMYK", "1", "I;16"])
def test_other_kinds_of_pixels(tmp_path, smooth, mode):
    image = Image.fromarray(smooth)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(path, quality=95)
    expected = np.asarray(
        (Image.fromarray(smooth).convert("L") if mode == "I;16" else image).convert("RGB")
    )
    assert np.abs(read_picture(path).astype(int) - expected).max() <= 6


def test_a_palette_with_a_transparent_colour(tmp_path):
    image = Image.new("P", (32, 32), 0)
    image.putpalette([200, 0, 0, 0, 0, 200])
    image.paste(1, (16, 0, 32, 32))
    image.save(tmp_path / "a.png", transparency=0)
    picture = read_picture(tmp_path / "a.png")
    assert picture[0, 0].tolist() == [255, 255, 255] and picture[0, 31].tolist() == [0, 0, 200]


@pytest.mark.parametrize(("size", "message"), [((1, 1), "16x16"), ((7680, 4320), "1920x1080")])
def test_a_side_outside_the_limits_is_refused(tmp_path, size, message):
    Image.new("RGB", size).save(tmp_path / "a.png")
    with pytest.raises(UserError, match=rf"{size[0]}x{size[1]}.*a copy of {message}"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_is_no_still(tmp_path, smooth, name):
    frames = [Image.fromarray(smooth), Image.fromarray(smooth[::-1].copy())]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(UserError, match="a still has one frame|as a picture"):
        read_picture(tmp_path / name)


def test_what_is_not_a_picture_is_one_line(tmp_path, smooth, clip):
    (tmp_path / "text.png").write_text("hello " * 99)
    Image.fromarray(smooth).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:60])
    write_video(tmp_path / "a.mp4", clip(3), fps=8)
    (tmp_path / "empty.jpg").write_bytes(b"")
    for name in ("text.png", "cut.png", "a.mp4", "empty.jpg", "absent.png", "."):
        with pytest.raises(UserError):
            read_picture(tmp_path / name)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_cut_off_still_is_refused(tmp_path, clip, name, share):
    path = tmp_path / name
    Image.fromarray(clip(1, 200, 300)[0]).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UserError, match="cannot read"):
        read_picture(path)
