"""Read clips in a process of its own, which is given up when it falls silent or crashes.

A decoder is C code on somebody's bytes: it can hang where no signal reaches it, or take its process
with it. So one bad file costs a limited time and is an error that names it, and the next file is
read by a fresh process. Frames come over cut and scaled, one sample at a time, so the memory of
both processes depends neither on the length nor on the size of the file.
"""

import multiprocessing
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TypeAlias

import numpy as np

from hanazora.core.errors import UserError
from hanazora.media.frames import ClipInfo, FramePiece, Picture
from hanazora.media.limits import INPUT_LIMITS, SILENCE_S, InputLimits

_START_S = 300.0  # importing the decoder on a busy machine
_FRAMES_PER_SIGN = 32

Cut: TypeAlias = tuple[int, ...]
"""Numbers of the frames of a clip, ascending; a frame may be taken several times."""


class CutFrames(NamedTuple):
    """The frames of one cut, scaled."""

    number: int
    frames: FramePiece


class _Job(NamedTuple):
    path: Path
    is_picture: bool
    limits: InputLimits
    cuts: Sequence[Cut] | None = None
    """None asks what the file is; otherwise all of it is decoded, and these are taken out."""
    width: int = 0
    height: int = 0


class _Refusal(NamedTuple):
    what: str
    rule: str
    nearest: str


class _Alive(NamedTuple):
    """A sign of life between two answers."""


class _Done(NamedTuple):
    """The last answer to a job."""


_Answer: TypeAlias = ClipInfo | CutFrames | _Refusal | _Alive | _Done


class GuardedReader:
    """Reads clips and stills in another process.

    Args:
        limits: what is refused as too large or too long.
        silence_s: how long that process may say nothing.
    """

    def __init__(self, limits: InputLimits = INPUT_LIMITS, silence_s: float = SILENCE_S) -> None:
        self._limits, self._silence_s = limits, silence_s
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def inspect(self, path: Path, *, is_picture: bool) -> ClipInfo:
        """Judge a file without decoding more than its first frame; see `clips.inspect_clip`.

        Raises:
            UserError: it cannot be read as it is, or reading it hangs or crashes.
        """
        answers = list(self._ask(_Job(path, is_picture, self._limits)))
        assert len(answers) == 1 and isinstance(answers[0], ClipInfo), "one answer to one question"
        return answers[0]

    def read_cuts(
        self, path: Path, cuts: Sequence[Cut], width: int, height: int, *, is_picture: bool
    ) -> Iterator[CutFrames]:
        """Decode a file once, to its end, and yield its cuts as each is whole.

        Args:
            path: the file.
            cuts: which frames go together; none at all only tells whether the file is sound.
            width: pixels to which each frame is cut and scaled.
            height: pixels to which each frame is cut and scaled.
            is_picture: whether it is a still.

        Raises:
            UserError: some of it is damaged, or reading it hangs or crashes.
        """
        for answer in self._ask(_Job(path, is_picture, self._limits, cuts, width, height)):
            assert isinstance(answer, CutFrames), "only frames were asked for"
            yield answer

    def close(self) -> None:
        """End the other process."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._pipe = None

    def __enter__(self) -> "GuardedReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, job: _Job) -> Iterator[ClipInfo | CutFrames]:
        pipe = self._pipe or self._start()
        is_settled = False
        try:
            pipe.send(job)
            while True:
                answer = self._receive(pipe, job.path)
                if isinstance(answer, _Refusal):
                    is_settled = True
                    raise UserError(*answer)
                if isinstance(answer, _Done):
                    is_settled = True
                    return
                if not isinstance(answer, _Alive):
                    yield answer
        finally:
            if not is_settled:  # whatever it still says belongs to no later question
                self.close()

    def _receive(self, pipe: Connection, path: Path) -> _Answer:
        try:
            if not pipe.poll(self._silence_s):
                rule = f"nothing came of it for {self._silence_s:g} s"
                raise UserError(f"reading {path} hangs", rule, "another copy of it")
            answer: _Answer = pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            rule = "the decoder did not survive it"
            raise UserError(f"reading {path} crashes", rule, "another copy of it") from error
        return answer

    def _start(self) -> Connection:
        # Spawned, because a forked child inherits locked thread pools.
        context = multiprocessing.get_context("spawn")
        pipe, other = context.Pipe()
        process = context.Process(target=_serve, args=(other,), daemon=True)
        process.start()
        other.close()
        self._process, self._pipe = process, pipe
        try:
            if not pipe.poll(_START_S):
                raise RuntimeError(f"the reading process did not start within {_START_S:g} s")
            pipe.recv()
        except BaseException:
            self.close()
            raise
        return pipe


def _serve(pipe: Connection) -> None:
    """Answer jobs until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other process's to handle
    import hanazora.media.clips  # noqa: F401  (loaded before the clock of a file runs)

    pipe.send(_Alive())
    while True:
        try:
            job: _Job = pipe.recv()
        except EOFError:
            return
        try:
            for answer in _answers(job):
                pipe.send(answer)
            pipe.send(_Done())
        except UserError as error:
            pipe.send(_Refusal(error.what, error.rule, error.nearest))
        except BrokenPipeError:
            return
        except Exception as error:  # what a broken file provokes must not end the work on others
            pipe.send(_Refusal(f"cannot read {job.path}", str(error), "another copy of it"))


def _answers(job: _Job) -> Iterator[_Answer]:
    from hanazora.media.clips import inspect_clip, read_clip_frames
    from hanazora.media.stills import read_picture

    still = read_picture(job.path, job.limits) if job.is_picture else None
    if job.cuts is not None:
        pictures = read_clip_frames(job.path, job.limits) if still is None else iter([still])
        yield from _cut_out(pictures, job.cuts, job.width, job.height)
    elif still is not None:
        yield ClipInfo(still.shape[1], still.shape[0], Fraction(1), 1)
    else:
        yield inspect_clip(job.path, job.limits)


def _cut_out(
    pictures: Iterator[Picture], cuts: Sequence[Cut], width: int, height: int
) -> Iterator[_Answer]:
    """Yield cuts as they become whole; to the end, because only there damage shows."""
    from hanazora.media.resize import cover

    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, cut in enumerate(cuts):
        for place, index in enumerate(cut):
            places[index].append((number, place))
    missing = [len(cut) for cut in cuts]
    begun: dict[int, FramePiece] = {}
    for index, picture in enumerate(pictures):
        if index % _FRAMES_PER_SIGN == 0:
            yield _Alive()
        wanted = places.pop(index, [])
        scaled = cover(picture, width, height) if wanted else None
        for number, place in wanted:
            if number not in begun:
                begun[number] = np.empty((len(cuts[number]), height, width, 3), np.uint8)
            begun[number][place] = scaled
            missing[number] -= 1
            if not missing[number]:
                yield CutFrames(number, begun.pop(number))
