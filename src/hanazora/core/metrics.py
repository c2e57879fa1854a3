"""Metrics of a run: one JSON object per line, appended as they come.

A resumed run drops the lines past the step it resumes from, so the file reads as if the run had
never been cut off; a last line cut short by a kill is dropped the same way.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from hanazora.core.paths import write_text

MetricValue = int | float | str | bool | None
MetricRow = dict[str, MetricValue]


class MetricsWriter:
    """Append rows to a metrics file.

    Args:
        path: the file; its directory is created.
        resume_step: keep only rows up to and with this step; None keeps every whole row.
    """

    def __init__(self, path: Path, resume_step: int | None = None) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            rows = [row for row in read_metrics(path) if _is_kept(row, resume_step)]
            write_text(path, "".join(_line(row) for row in rows))
        self._file = path.open("a", encoding="utf-8")

    def write(self, step: int, **values: MetricValue) -> None:
        """Append one row and hand it to the operating system, so that a killed run keeps it."""
        self._file.write(_line({"step": step, **values}))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> "MetricsWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_metrics(path: Path) -> Iterator[MetricRow]:
    """Yield the whole rows of a metrics file; a last line cut short by a kill is left out."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            if number == len(lines):
                return
            raise ValueError(f"{path.name} line {number} is not JSON") from None
        yield row


def _is_kept(row: MetricRow, resume_step: int | None) -> bool:
    step = row.get("step")
    return resume_step is None or (isinstance(step, int) and step <= resume_step)


def _line(row: MetricRow) -> str:
    # JSON has no NaN; a string keeps the fact that the value was not finite.
    finite = {
        key: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }
    return json.dumps(finite) + "\n"
