"""Read a file in a thread that is left behind when it falls silent.

A decoder is C code on somebody's bytes and can hang where no exception reaches it. It lets go of
the interpreter while it works, so whoever waits for it can stop waiting: the file is named and
refused, and the thread ends with the process. Where thousands of files are read, and a crash must
not end the work on the others, `guarded` reads in a process of its own.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from hanazora.core.errors import UserError
from hanazora.media.limits import SILENCE_S

Item = TypeVar("Item")

_READ_AHEAD = 2
_NOTICE_S = 0.2  # how soon the thread sees that nobody reads on


def within(
    path: Path, read: Callable[[], Iterator[Item]], silence_s: float = SILENCE_S
) -> Iterator[Item]:
    """Yield what is read from a file, as long as something comes of it.

    Args:
        path: the file, for the message.
        read: reads it; runs in a thread of its own, at most two items ahead.
        silence_s: how long nothing may come.

    Raises:
        UserError: nothing came for that long; or whatever `read` raises.
    """
    # One item in a list, an empty list at the end, or what it ended with.
    letters = queue.Queue[list[Item] | BaseException](_READ_AHEAD)
    is_left = threading.Event()
    reader = threading.Thread(
        target=_post_all, args=(read, letters, is_left), name=f"reading {path.name}", daemon=True
    )
    reader.start()
    try:
        while True:
            try:
                letter = letters.get(timeout=silence_s)
            except queue.Empty:
                rule = f"nothing came of it for {silence_s:g} s"
                raise UserError(f"reading {path} hangs", rule, "another copy of it") from None
            if isinstance(letter, BaseException):
                raise letter
            if not letter:
                return
            yield from letter
    finally:
        is_left.set()


def answer_within(path: Path, answer: Callable[[], Item], silence_s: float = SILENCE_S) -> Item:
    """Return one answer about a file; see `within`."""
    return next(within(path, lambda: iter([answer()]), silence_s))


def _post_all(
    read: Callable[[], Iterator[Item]],
    letters: queue.Queue[list[Item] | BaseException],
    is_left: threading.Event,
) -> None:
    last: list[Item] | BaseException = []
    try:
        for item in read():
            if not _post([item], letters, is_left):
                return
    except BaseException as error:  # whatever it is, the reader of the letters is to see it
        last = error
    _post(last, letters, is_left)


def _post(
    letter: list[Item] | BaseException,
    letters: queue.Queue[list[Item] | BaseException],
    is_left: threading.Event,
) -> bool:
    """Put a letter where it is read; false when nobody reads any more."""
    while not is_left.is_set():
        try:
            letters.put(letter, timeout=_NOTICE_S)
        except queue.Full:
            continue
        return True
    return False
