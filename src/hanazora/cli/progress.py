"""Progress on the terminal: one bar per stage with steps, time passed and time left, on stderr."""

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


class TerminalProgress:
    """Shows each stage as a bar; in a log file, as one line when it ends."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("eta"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._stage = ""
        self._started_s = 0.0

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
        self._stage, self._started_s = stage, time.monotonic()
        self._task = self._bars.add_task(stage, total=num_steps)

    def advance(self, num_steps: int = 1) -> None:
        """Note that steps of the current stage are done."""
        if self._task is not None:
            self._bars.advance(self._task, num_steps)

    def _end_stage(self) -> None:
        if self._stage and not self._console.is_terminal:
            seconds = time.monotonic() - self._started_s
            self._console.print(f"{self._stage}: {seconds:.1f} s", highlight=False)
        self._stage = ""
