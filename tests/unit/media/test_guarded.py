import os
import time
from fractions import Fraction

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.media.encode import write_video
from hanazora.media.frames import ClipInfo
from hanazora.media.guarded import GuardedReader
from hanazora.media.limits import InputLimits
from hanazora.media.pictures import write_png


@pytest.fixture(scope="module")
def reader():
    with GuardedReader() as made:
        yield made


def test_cuts_of_one_pass(tmp_path, clip, reader):
    frames = clip(12, 64, 96)
    write_video(tmp_path / "a.mp4", frames, fps=8)
    path = tmp_path / "a.mp4"
    assert reader.inspect(path, is_picture=False) == ClipInfo(96, 64, Fraction(8), 12)
    cuts = [(0, 2, 4), (1, 1), (3, 4, 11)]
    made = {
        cut.number: cut.frames for cut in reader.read_cuts(path, cuts, 96, 64, is_picture=False)
    }
    assert [made[number].shape for number in range(3)] == [(3, 64, 96, 3), (2, 64, 96, 3),
                                                           (3, 64, 96, 3)]  # fmt: skip
    for number, cut in enumerate(cuts):
        assert np.abs(made[number].astype(int) - frames[list(cut)]).mean() < 12
    assert (made[1][0] == made[1][1]).all() and (made[0][2] == made[2][1]).all()


def test_a_picture_is_one_frame_of_the_size_asked_for(tmp_path, clip, reader):
    write_png(tmp_path / "a.png", clip(1, 64, 96)[0])
    assert reader.inspect(tmp_path / "a.png", is_picture=True)[:2] == (96, 64)
    (made,) = reader.read_cuts(tmp_path / "a.png", [(0,)], 32, 32, is_picture=True)
    assert made.frames.shape == (1, 32, 32, 3)


def test_a_refusal_is_the_same_as_in_this_process_and_the_next_file_is_read(tmp_path, clip, reader):
    (tmp_path / "a.mp4").write_text("no video" * 99)
    with pytest.raises(UserError, match=r"cannot read .*a.mp4 as a video"):
        reader.inspect(tmp_path / "a.mp4", is_picture=False)
    write_video(tmp_path / "b.mp4", clip(12, 96, 96), fps=8)
    data = bytearray((tmp_path / "b.mp4").read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 400] = bytes(400)
    (tmp_path / "b.mp4").write_bytes(data)
    with pytest.raises(UserError, match=r"damaged|cannot read"):
        list(reader.read_cuts(tmp_path / "b.mp4", [], 32, 32, is_picture=False))
    write_video(tmp_path / "c.mp4", clip(2, 64, 96), fps=8)
    assert reader.inspect(tmp_path / "c.mp4", is_picture=False).num_frames == 2


def test_what_is_left_unread_is_not_the_answer_to_the_next_question(tmp_path, clip, reader):
    write_video(tmp_path / "a.mp4", clip(4, 64, 96), fps=8)
    cuts = reader.read_cuts(tmp_path / "a.mp4", [(0,), (1,)], 32, 32, is_picture=False)
    next(cuts)
    cuts.close()
    assert reader.inspect(tmp_path / "a.mp4", is_picture=False).num_frames == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_file_that_hangs_is_given_up(tmp_path, clip):
    os.mkfifo(tmp_path / "endless.mp4")  # opening it waits for a writer that never comes
    write_video(tmp_path / "a.mp4", clip(2, 64, 96), fps=8)
    with GuardedReader(silence_s=1.0) as reader:
        reader.inspect(tmp_path / "a.mp4", is_picture=False)
        started = time.monotonic()
        with pytest.raises(UserError, match=r"reading .*endless.mp4 hangs: nothing .* for 1 s"):
            reader.inspect(tmp_path / "endless.mp4", is_picture=False)
        assert time.monotonic() - started < 20
        assert reader.inspect(tmp_path / "a.mp4", is_picture=False).num_frames == 2


def test_a_reader_that_dies_names_the_file(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(40, 64, 96), fps=8)
    with GuardedReader() as reader:
        cuts = [(index,) for index in range(40)]
        frames = reader.read_cuts(tmp_path / "a.mp4", cuts, 1024, 1024, is_picture=False)
        next(frames)
        reader._process.kill()  # as a crash in the decoder would
        with pytest.raises(UserError, match=r"reading .*a.mp4 crashes"):
            list(frames)


def test_its_limits_are_its_own(tmp_path, clip):
    write_video(tmp_path / "a.mp4", clip(9, 16, 48), fps=8)
    with (
        GuardedReader(InputLimits(min_side_px=32)) as reader,
        pytest.raises(UserError, match="48x16: each side has 32 to 1920 pixels; try a copy of 96x"),
    ):
        reader.inspect(tmp_path / "a.mp4", is_picture=False)
