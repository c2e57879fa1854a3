"""Does a process that makes videos all day keep its memory, and stop when it is asked to?

    python benchmarks/soak.py [--jobs 50] [--cancel 10] [--size 64x64] [--frames 17] [--model DIR]

One loaded model makes tiny videos the whole way to signed files; every few jobs one is cancelled,
each at another step, from denoising to encoding. The request comes from another thread just after
a step has begun, so a whole step has to end first: the worst moment there is. Bars: resident memory
grows by less than 20 MB after the warm-up; a cancelled job returns within 2 s, leaves no file that
could be taken for the video, and memory is back to within 5 % of what the idle process held.
"""

import argparse
import contextlib
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import CancelledError
from hanazora.parallel.device import tune_allocator
from hanazora.pipelines.generate import TextToVideo, load
from hanazora.pipelines.produce import produce
from hanazora.pipelines.progress import CancellableProgress, SilentProgress
from hanazora.pipelines.request import GenerateRequest, parse_size
from hanazora.pipelines.runs.run_directory import run_path
from hanazora.pipelines.way_out import RefusedError

PROMPT = "A red ball rolls to the right on a table."
NUM_WARM_UP = 5
MAX_GROWTH_BYTES = 20e6
MAX_CANCEL_S = 2.0
MAX_FROM_IDLE = 0.05
JUST_AFTER_S = 0.002


class Soak(NamedTuple):
    """What a process held and how fast it stopped."""

    idle_bytes: int
    """Resident memory after the warm-up."""
    after_bytes: list[int]
    """Resident memory after every job that followed."""
    own_bytes: list[int]
    """Of it, what no file backs; first after the warm-up. The rest are pages of libraries and
    weights, which the system drops and reads again as it likes."""
    cancels: list[tuple[str, float]]
    """The stage of each cancelled job, and the seconds from the request to its return."""
    left: list[str]
    """Files that cancelled jobs left where their videos would have been."""

    @property
    def growth_bytes(self) -> int:
        """How much more the process held at the end."""
        return self.after_bytes[-1] - self.idle_bytes

    @property
    def worst_cancel_s(self) -> float:
        """The slowest return."""
        return max(seconds for _, seconds in self.cancels)

    @property
    def furthest_from_idle(self) -> float:
        """The largest distance from idle after any job, as a share of idle."""
        return max(abs(held / self.idle_bytes - 1) for held in self.after_bytes)

    def failures(self) -> list[str]:
        """Return which bars are missed."""
        found = []
        if self.growth_bytes >= MAX_GROWTH_BYTES:
            found.append(f"memory grew by {self.growth_bytes / 1e6:.1f} MB")
        if self.worst_cancel_s >= MAX_CANCEL_S:
            found.append(f"a cancelled job returned after {self.worst_cancel_s:.2f} s")
        if self.furthest_from_idle > MAX_FROM_IDLE:
            found.append(f"memory was {self.furthest_from_idle:.1%} from idle")
        return found + [f"{name} was left" for name in self.left]


class StopAt(SilentProgress):
    """Counts steps, and asks for a stop just after one of them, from another thread.

    Args:
        step: how many steps are let pass; none never asks.
    """

    def __init__(self, step: int | None = None) -> None:
        self.num_steps, self.stage, self.asked_s = 0, "", 0.0
        self._step, self._asked = step, threading.Event()

    def start(self, stage: str, num_steps: int) -> None:
        """Note the stage."""
        self.stage = stage

    def advance(self, num_steps: int = 1) -> None:
        """Count a step, and have the stop asked for while the next one is under way."""
        self.num_steps += 1
        if self.num_steps == self._step:
            threading.Timer(JUST_AFTER_S, self._ask).start()

    def is_asked(self) -> bool:
        """Whether the stop was asked for."""
        return self._asked.is_set()

    def _ask(self) -> None:
        self.asked_s = time.perf_counter()
        self._asked.set()


def soak(
    pipeline: TextToVideo,
    request: GenerateRequest,
    directory: Path,
    *,
    num_jobs: int,
    num_cancelled: int,
    num_warm_up: int = NUM_WARM_UP,
) -> Soak:
    """Make videos one after the other, cancel some, and watch the memory of this process."""
    num_steps = 0
    for number in range(num_warm_up):
        counter = StopAt()
        _finished(pipeline, replace(request, seed=number), directory / "warm.mp4", counter)
        num_steps = max(num_steps, counter.num_steps)
    _cancelled(pipeline, request, directory / "warm_cancelled.mp4", max(1, num_steps // 2))
    found = Soak(_resident_bytes(), [], [_own_bytes()], [], [])
    every = num_jobs // num_cancelled
    for number in range(num_jobs):
        path, wanted = directory / f"{number}.mp4", replace(request, seed=number % num_warm_up)
        if number % every == every - 1:
            # From the first step to the last but one: the last has nothing after it to stop.
            share = len(found.cancels) / max(1, num_cancelled - 1)
            step = 1 + round(share * (num_steps - 3))
            found.cancels.append(_cancelled(pipeline, wanted, path, step))
            found.left.extend(left.name for left in directory.glob(f"{number}.*"))
        else:
            _finished(pipeline, wanted, path, StopAt())
        found.after_bytes.append(_resident_bytes())
        found.own_bytes.append(_own_bytes())
    return found


def _finished(
    pipeline: TextToVideo, request: GenerateRequest, path: Path, progress: StopAt
) -> None:
    with contextlib.suppress(RefusedError):  # the frame filter's last word ends a job too
        produce(pipeline, request, path, progress=progress)


def _cancelled(
    pipeline: TextToVideo, request: GenerateRequest, path: Path, step: int
) -> tuple[str, float]:
    """Start a job and stop it; return the stage it was in and the seconds until it was gone."""
    stop = StopAt(step)
    try:
        produce(pipeline, request, path, progress=CancellableProgress(stop, stop.is_asked))
    except CancelledError:
        seconds = time.perf_counter() - stop.asked_s
    else:
        raise RuntimeError(f"the job asked to stop after step {step} finished all the same")
    shutil.rmtree(run_path(path), ignore_errors=True)  # the way to go on, kept as it should be
    return stop.stage, seconds


def _resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])  # Linux
    return pages * os.sysconf("SC_PAGE_SIZE")


def _own_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("RssAnon"))) * 1024


def main() -> None:
    """Soak, print, and fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--cancel", type=int, default=10)
    parser.add_argument("--size", default="64x64")
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--model", type=Path)
    args = parser.parse_args()
    tune_allocator()  # as the command does
    width, height = parse_size(args.size)
    request = GenerateRequest(
        prompt=PROMPT, width=width, height=height, num_frames=args.frames,
        num_inference_steps=args.steps,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as directory:
        os.environ["HANAZORA_HOME"] = f"{directory}/home"
        found = soak(
            load(args.model), request, Path(directory), num_jobs=args.jobs,
            num_cancelled=args.cancel,
        )  # fmt: skip
    print(f"resident after warm-up {_mb(found.idle_bytes)}, own {_mb(found.own_bytes[0])}")
    for done in range(9, args.jobs, 10):
        held, own = found.after_bytes[done], found.own_bytes[done + 1]
        print(f"after {done + 1:3d} jobs       {_mb(held)}, own {_mb(own)}")
    print(f"growth                 {found.growth_bytes / 1e6:+.1f} MB (bar 20 MB)")
    print(f"furthest from idle     {found.furthest_from_idle:.1%} (bar 5 %)")
    for stage, seconds in found.cancels:
        print(f"cancelled while {stage:<10} {seconds:.3f} s (bar 2 s)")
    for failure in found.failures():
        print(f"MISSED: {failure}")
    sys.exit(1 if found.failures() else 0)


def _mb(held: int) -> str:
    return f"{held / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
