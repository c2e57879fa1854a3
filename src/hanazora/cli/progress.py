"""Progress on stderr: on a terminal one bar per stage, in a log file a line now and then."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

SILENCE_S = 30.0
"""Where no bar can be shown, a longer stage says how far it is this often."""


class TerminalProgress:
    """Shows each stage as a bar with steps, time passed and time left.

    Where nobody sees a bar move (a file, a pipe, a terminal that only writes on), a stage is one
    line when it ends, and one every `SILENCE_S` before.

    Args:
        console: where to write; stderr by default.
        silence_s: seconds between two lines of a stage.
    """

    def __init__(self, console: Console | None = None, *, silence_s: float = SILENCE_S) -> None:
        self._console = console or Console(stderr=True)
        self._has_bars = self._console.is_terminal and not self._console.is_dumb_terminal
        self._bars = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("eta"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._has_bars,
        )
        self._task: TaskID | None = None
        self._silence_s = silence_s
        self._stage = ""
        self._num_steps = self._done = self._first_steps = 0
        self._started_s = self._told_s = self._first_s = 0.0

    def __enter__(self) -> "TerminalProgress":
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._end_stage()
        self._bars.stop()

    def start(self, stage: str, num_steps: int) -> None:
        """Begin a stage, ending the one before."""
        self._end_stage()
        self._stage, self._num_steps, self._done = stage, num_steps, 0
        self._started_s = self._told_s = time.monotonic()
        self._task = self._bars.add_task(stage, total=num_steps)

    def advance(self, num_steps: int = 1) -> None:
        """Note that steps of the current stage are done."""
        if self._task is None:
            return
        self._bars.advance(self._task, num_steps)
        now_s = time.monotonic()
        if not self._done:
            self._first_s, self._first_steps = now_s, num_steps
        self._done += num_steps
        if not self._has_bars and now_s - self._told_s >= self._silence_s:
            self._told_s = now_s
            self._print(f"{self._done} of {self._num_steps} after {self._passed(now_s)}")

    def _passed(self, now_s: float) -> str:
        text = f"{now_s - self._started_s:.0f} s"
        later = self._done - self._first_steps
        if later <= 0:  # the first step waits for all that comes before it, and says nothing
            return text
        left_s = (now_s - self._first_s) / later * max(self._num_steps - self._done, 0)
        return f"{text}, about {left_s:.0f} s left"

    def _end_stage(self) -> None:
        if self._stage and not self._has_bars:
            self._print(f"{time.monotonic() - self._started_s:.1f} s")
        self._stage = ""

    def _print(self, text: str) -> None:
        self._console.print(f"{self._stage}: {text}", highlight=False, soft_wrap=True)
