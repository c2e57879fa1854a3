import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.media import clips
from hanazora.media.clips import even_pace, inspect_clip, read_clip, read_clip_frames
from hanazora.media.encode import write_video

MILLISECOND = Fraction(1, 1000)
WIDTH, HEIGHT = 64, 48


def grey_of(index):
    return 20 + 10 * index


def write_clip(
    path, times, *, size=(WIDTH, HEIGHT), pixels="yuv420p", codec="libx264", aspect=None
):
    """Write a clip whose frame number n is grey 20 + 10 n, darker in its upper left quarter."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"crf": "5"})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.sample_aspect_ratio = aspect or 1
        for index, seconds in enumerate(times):
            picture = np.full((size[1], size[0], 3), grey_of(index), np.uint8)
            picture[: size[1] // 2, : size[0] // 2] -= 15
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = round(seconds / MILLISECOND), MILLISECOND
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def shown(path):
    """Which frame each moment shows."""
    return [round((int(picture[-1, -1, 0]) - 20) / 10) for picture in read_clip_frames(path)]


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.webm", "libvpx-vp9")]
)
def test_an_even_clip_comes_in_as_it_is(tmp_path, name, codec):
    write_clip(tmp_path / name, [index / 25 for index in range(10)], codec=codec)
    assert inspect_clip(tmp_path / name) == (WIDTH, HEIGHT, 25, 10)
    assert shown(tmp_path / name) == list(range(10))
    clip = read_clip(tmp_path / name)
    assert clip.frames.shape == (10, HEIGHT, WIDTH, 3) and clip.fps == 25


def test_our_own_clip_of_an_odd_size_and_rate(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(5, 33, 47), fps=23.976)
    assert inspect_clip(tmp_path / "a.mp4") == (47, 33, Fraction(24000, 1001), 5)
    assert np.abs(read_clip(tmp_path / "a.mp4").frames.astype(int) - clip(5, 33, 47)).mean() < 10


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_variable_rate_shows_what_a_player_shows(tmp_path, name):
    write_clip(tmp_path / name, [0, 0.1, 0.2, 0.3, 0.7, 0.8, 0.9, 1.5])
    assert inspect_clip(tmp_path / name) == (WIDTH, HEIGHT, 10, 16)
    assert shown(tmp_path / name) == [0, 1, 2, 3, 3, 3, 3, 4, 5, 6, 6, 6, 6, 6, 6, 7]


def test_ten_bits_become_eight(tmp_path):
    write_clip(tmp_path / "a.mp4", [0, 0.04, 0.08], pixels="yuv420p10le")
    assert shown(tmp_path / "a.mp4") == [0, 1, 2]
    assert read_clip(tmp_path / "a.mp4").frames.dtype == np.uint8


@pytest.mark.parametrize(
    ("matrix", "quarters"),
    [((0, 1, -1, 0), -1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 1), ((1, 0, 0, 1), 0)],
)
def test_a_turned_phone_gives_an_upright_clip(tmp_path, matrix, quarters):
    path = tmp_path / "a.mp4"
    write_clip(path, [0, 0.04])
    stored = read_clip(path).frames
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, 8.3.2: the matrix of the track header
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    expected = np.rot90(stored, quarters, axes=(1, 2))
    assert inspect_clip(path)[:2] == (expected.shape[2], expected.shape[1])
    assert (read_clip(path).frames == expected).all()


def test_sound_without_a_picture_is_refused(tmp_path):
    for name, with_cover in (("a.m4a", False), ("a.mp4", True)):
        with av.open(str(tmp_path / name), "w", format="mp4") as container:
            stream = container.add_stream("aac", rate=8000)
            if with_cover:
                cover = container.add_stream("mjpeg", rate=1)
                cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
                cover.disposition = av.stream.Disposition.attached_pic
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate = 8000
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if with_cover:
                picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
                container.mux(cover.encode(picture.reformat(format="yuvj420p")))
                container.mux(cover.encode(None))
        with pytest.raises(UserError, match="no video stream"):
            inspect_clip(tmp_path / name)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
@pytest.mark.parametrize("name", ["index_first.mp4", "index_last.mp4", "a.mkv"])
def test_a_truncated_clip_is_refused(tmp_path, clip, name, share):
    path = tmp_path / name
    if name == "index_first.mp4":
        write_video(path, clip(30, 96, 96), fps=8)
    else:
        write_clip(path, [index / 25 for index in range(20)], size=(320, 240))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UserError, match="cut off|cannot read"):
        read_clip(path)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_frame_with_a_wrong_time_is_refused(tmp_path, name):
    """Shown at its rate, such a clip would be an hour of one picture."""
    write_clip(tmp_path / name, [0.0, 0.04, 0.08, 3600.0], size=(64, 48))
    with pytest.raises(UserError, match=r"lasts 3600.0 s: a clip lasts at most 60 s"):
        read_clip(tmp_path / name)


def test_a_damaged_clip_is_refused(tmp_path, clip):
    path = tmp_path / "a.mp4"
    write_video(path, clip(12, 96, 96), fps=8)
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"damaged|cannot read"):
        read_clip(path)


@pytest.mark.parametrize(("size", "nearest"), [((2, 2), "16x16"), ((7680, 4320), "1920x1080")])
def test_a_size_outside_the_limits_is_refused(tmp_path, size, nearest):
    write_clip(tmp_path / "a.mkv", [0], size=size, codec="mpeg4")
    with pytest.raises(UserError, match=f"is {size[0]}x{size[1]}.*a copy of {nearest}"):
        inspect_clip(tmp_path / "a.mkv")


def test_one_pixel_is_refused(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(2, 1, 1), fps=8)
    with pytest.raises(UserError, match="is 1x1.*a copy of 16x16"):
        read_clip(tmp_path / "a.mp4")


def test_what_would_come_out_wrong_is_refused(tmp_path, monkeypatch):
    write_clip(tmp_path / "a.mp4", [0, 0.04], aspect=Fraction(16, 11))
    with pytest.raises(UserError, match="pixels are 16:11, not square; try a copy of 93x48"):
        read_clip(tmp_path / "a.mp4")
    write_clip(tmp_path / "b.mp4", [0, 61])
    with pytest.raises(UserError, match="lasts 61.0 s: a clip lasts at most 60 s"):
        read_clip(tmp_path / "b.mp4")
    write_clip(tmp_path / "c.mp4", [0, 0.04, 0.08])
    monkeypatch.setattr(clips, "MAX_CLIP_BYTES", WIDTH * HEIGHT * 3 * 2)
    with pytest.raises(UserError, match="its first 2 frames"):
        read_clip(tmp_path / "c.mp4")


def test_high_dynamic_range_is_refused(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        stream.codec_context.color_trc = 16
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame.reformat(format="yuv420p10le")))
        container.mux(stream.encode(None))
    with pytest.raises(UserError, match=r"in HDR \(PQ\)"):
        inspect_clip(tmp_path / "a.mkv")


def test_a_clip_that_changes_its_size_is_refused(tmp_path):
    parts = []
    for number, size in enumerate([(64, 48), (96, 64)]):
        path = tmp_path / f"{number}.h264"
        write_clip(path, [0, 0.04, 0.08], size=size)
        parts.append(path.read_bytes())
    (tmp_path / "a.h264").write_bytes(b"".join(parts))
    with pytest.raises(UserError, match="64x48 at first and 96x64 later"):
        read_clip(tmp_path / "a.h264")


def test_what_is_not_a_video_is_one_line(tmp_path):
    (tmp_path / "a.mp4").write_text("hello " * 99)
    (tmp_path / "empty.mp4").write_bytes(b"")
    for name in ("a.mp4", "empty.mp4", "absent.mp4", "."):
        with pytest.raises(UserError):
            read_clip(tmp_path / name)


@pytest.mark.parametrize(
    ("times", "fps"),
    [([0.0, 0.033, 0.067, 0.1, 0.133, 0.167], 30), ([i * 1001 / 30000 for i in range(90)], None),
     ([0.0, 0.125, 0.25], 8), ([5.0], 1), ([3.0, 3.0], 1)],
)  # fmt: skip
def test_rounded_times_are_an_even_pace(times, fps):
    found, repeats = even_pace(times)
    assert found == (fps or Fraction(30000, 1001))
    assert repeats == [1] * len(times)
