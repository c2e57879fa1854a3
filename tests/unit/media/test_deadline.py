import os
import threading
import time
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.media.clips import inspect_clip, read_clip_frames
from hanazora.media.deadline import answer_within, within
from hanazora.media.decode import read_frames
from hanazora.media.probe import probe

FILE = Path("a.mp4")
SHORT_S = 0.3


def test_what_is_read_comes_in_order_and_ends():
    assert list(within(FILE, lambda: iter(range(50)))) == list(range(50))
    assert list(within(FILE, lambda: iter([]))) == []
    assert answer_within(FILE, lambda: 7) == 7


def test_an_error_comes_after_what_was_read_before_it():
    def broken():
        yield 1
        raise UserError("no second one")

    items = within(FILE, broken)
    assert next(items) == 1
    with pytest.raises(UserError, match="no second one"):
        next(items)


def test_silence_is_an_error_that_names_the_file():
    go_on = threading.Event()

    def hanging():
        yield 1
        go_on.wait()
        yield 2

    items = within(FILE, hanging, SHORT_S)
    assert next(items) == 1
    started = time.monotonic()
    with pytest.raises(UserError, match=r"reading a.mp4 hangs: nothing came of it for 0.3 s"):
        next(items)
    assert time.monotonic() - started >= SHORT_S
    go_on.set()


def test_slow_is_not_silent():
    def slow():
        for item in range(4):
            time.sleep(0.15)
            yield item

    assert list(within(FILE, slow, SHORT_S * 3)) == [0, 1, 2, 3]


def test_whoever_stops_reading_stops_the_thread():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    items = within(FILE, endless)
    next(items)
    items.close()
    assert closed.wait(20)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only Unix has named pipes")
@pytest.mark.parametrize(
    "read",
    [
        lambda path: list(read_frames(path, SHORT_S)),
        lambda path: list(read_clip_frames(path, silence_s=SHORT_S)),
        lambda path: inspect_clip(path, silence_s=SHORT_S),
        lambda path: probe(path, SHORT_S),
    ],
    ids=["frames", "clip", "inspect", "probe"],
)
def test_a_reader_that_hangs_in_c_is_given_up(tmp_path, read):
    """Opening a pipe that nobody writes to blocks inside the C library, for ever."""
    path = tmp_path / "hangs.mp4"
    os.mkfifo(path)
    with pytest.raises(UserError, match="reading .*hangs.mp4 hangs"):
        read(path)
    os.close(os.open(path, os.O_WRONLY))  # lets the thread go
