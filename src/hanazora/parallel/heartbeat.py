"""Which rank holds up the others: each writes how far it is, and the first one watches.

A sum over the ranks waits for the slowest without a word, and one that hangs makes all of them
wait. Each rank therefore leaves its last step in a file of the run directory before it joins the
sum; no message between ranks is needed to read it, so it can be read when none comes through.
"""

import threading
import time
from pathlib import Path
from types import TracebackType

from hanazora.core.log import get_logger
from hanazora.parallel.ranks import Ranks

log = get_logger(__name__)

STALL_S = 300.0
"""How long a group may make no step before each rank's last one is told."""

_LOOKS_PER_STALL = 10


class Heartbeat:
    """Notes the steps of this rank; on the first rank, tells those of all when none comes.

    A process that is alone does nothing here.

    Args:
        run_dir: of the run; all ranks see it.
        ranks: the group.
        step: finished steps.
        stall_s: how long the group may make no step.
    """

    def __init__(self, run_dir: Path, ranks: Ranks, step: int, stall_s: float = STALL_S) -> None:
        self._directory, self._ranks, self._stall_s = run_dir / "ranks", ranks, stall_s
        self._end = threading.Event()
        self._watch: threading.Thread | None = None
        if ranks.world_size > 1:
            self._directory.mkdir(parents=True, exist_ok=True)
            self.beat(step)

    def beat(self, step: int) -> None:
        """Note that this rank has computed its share of the step after ``step`` finished ones."""
        if self._ranks.world_size > 1:
            self._path(self._ranks.rank).write_text(f"{step + 1}\n")

    def last_steps(self) -> list[int | None]:
        """Return the last step of every rank; None where it has written nothing yet."""
        return [self._read(rank) for rank in range(self._ranks.world_size)]

    def __enter__(self) -> "Heartbeat":
        if self._ranks.world_size > 1 and self._ranks.is_first:
            self._watch = threading.Thread(target=self._look, name="heartbeat", daemon=True)
            self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        if self._watch is not None:
            self._watch.join()

    def _look(self) -> None:
        """Compare what the files say with what they said; clocks of machines need not agree."""
        known, changed_s, is_told = self.last_steps(), time.monotonic(), False
        while not self._end.wait(self._stall_s / _LOOKS_PER_STALL):
            steps = self.last_steps()
            if steps != known:
                known, changed_s, is_told = steps, time.monotonic(), False
            elif not is_told and time.monotonic() - changed_s >= self._stall_s:
                log.warning("%s", stall_text(steps, self._stall_s))
                is_told = True

    def _path(self, rank: int) -> Path:
        return self._directory / f"{rank:05d}"

    def _read(self, rank: int) -> int | None:
        try:
            return int(self._path(rank).read_text())
        except (OSError, ValueError):  # not there yet, or just being written
            return None


def stall_text(steps: list[int | None], stall_s: float) -> str:
    """Say where every rank stands, and which ones the others wait for."""
    reached = [step for step in steps if step is not None]
    newest = max(reached, default=0)
    behind = [rank for rank, step in enumerate(steps) if step is None or step < newest]
    told = ", ".join(f"rank {r} at {'none' if s is None else s}" for r, s in enumerate(steps))
    waited = (
        f"the others wait for {', '.join(f'rank {rank}' for rank in behind)}"
        if behind
        else "all are at the same: look at rank 0, which alone writes files"
    )
    return f"no step for {stall_s:g} s; last steps: {told}; {waited}"
