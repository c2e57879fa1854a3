"""What a run writes about itself: its config, and a line of figures every few steps."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from torch import Tensor

from hanazora.core.config import save_config
from hanazora.core.log import get_logger
from hanazora.core.metrics import MetricsWriter
from hanazora.data.packing import PackedBatch
from hanazora.parallel.ranks import Ranks
from hanazora.train.state import TrainConfig
from hanazora.train.watching.loss_parts import LossParts

log = get_logger(__name__)

METRICS_NAME = "metrics.jsonl"


class Journal:
    """Writes ``config.json`` and ``metrics.jsonl``; ranks after the first only keep count.

    Args:
        config: the run.
        run_dir: where the files go.
        step: finished steps; later lines of an interrupted run are dropped.
        ranks: the group.
    """

    def __init__(self, config: TrainConfig, run_dir: Path, step: int, ranks: Ranks) -> None:
        self._every = config.log_every
        self._last_step = config.steps
        self._world_size = ranks.world_size
        self._metrics: MetricsWriter | None = None
        self._mean = float("nan")
        if ranks.is_first:
            save_config(config, run_dir / "config.json")
            self._metrics = MetricsWriter(run_dir / METRICS_NAME, resume_step=step)
            start = f"going on from step {step}" if step else "starting"
            log.info("%s, %d steps in %s", start, config.steps, run_dir)
        self._reset()

    def count(self, batch: PackedBatch, prediction: Tensor, extra: float) -> None:
        """Count the tokens of a batch, where it lost, and what was added to its flow loss."""
        self._parts.see(batch, prediction)
        if math.isfinite(extra):
            self._extra.append(extra)
        self._useful += batch.num_useful
        self._computed += batch.layout.num_tokens
        self._documents += len(batch.text_ids)

    def log(self, step: int, loss: float, norm: float) -> float:
        """Note a step; return the mean loss of the last written interval (NaN before the first)."""
        self._losses.append(loss)
        if step % self._every and step != self._last_step:
            return self._mean
        seconds = time.perf_counter() - self._start
        self._mean = sum(self._losses) / len(self._losses)
        rate = self._world_size * self._useful / seconds
        if self._metrics is not None:
            self._metrics.write(
                step,
                loss=self._mean,
                last_loss=loss,
                extra_loss=sum(self._extra) / max(1, len(self._extra)),
                grad_norm=norm,
                tokens=self._useful * self._world_size,
                tokens_per_s=round(rate, 1),
                useful=round(self._useful / max(1, self._computed), 4),
                documents=self._documents * self._world_size,
                **{name: round(mean, 5) for name, mean in self._parts.means().items()},
            )
            left = time_left((self._last_step - step) * seconds / len(self._losses))
            line = "step %d of %d loss %.4f norm %.2f %.0f tok/s, %s left"
            log.info(line, step, self._last_step, self._mean, norm, rate, left)
        self._reset()
        return self._mean

    def skip(self, step: int, clips: Sequence[int]) -> None:
        """Note a step that did not reach the weights, with the clips of the pool it was made of."""
        if self._metrics is not None:
            self._metrics.write(step, skipped=" ".join(map(str, clips)))

    def rewind(self, step: int) -> None:
        """Drop what was written after a step that the run has gone back to."""
        if self._metrics is not None:
            self._metrics.close()
            self._metrics = MetricsWriter(self._metrics.path, resume_step=step)
        self._reset()

    def _reset(self) -> None:
        self._losses: list[float] = []
        self._parts = LossParts()
        self._extra: list[float] = []
        self._useful = self._computed = self._documents = 0
        self._start = time.perf_counter()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._metrics is not None:
            self._metrics.close()


def time_left(seconds: float) -> str:
    """Write a duration as people say it: 40 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
