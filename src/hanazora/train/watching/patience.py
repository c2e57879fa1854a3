"""What happens when a loss or a gradient is not finite: skip the step, go back, stop.

Data and noise are functions of the step number, so a step that is tried again is the same step.
Going back helps against what is not: a fault of the machine, sums whose order depends on timing.
What comes again lies in the data or the settings; the run stops and names the clips.
"""

import torch
from torch import Tensor

from hanazora.core.errors import NonFiniteError
from hanazora.core.log import get_logger
from hanazora.data.packing import Packer
from hanazora.train.journal import Journal

log = get_logger(__name__)

MAX_IN_A_ROW = 3
"""Steps that may be skipped one after the other; then the run goes back to its checkpoint."""


class Patience:
    """Keeps broken steps from the weights, and counts how many came in a row.

    Every rank comes to the same answer: losses and gradients were summed over them before.

    Args:
        packer: knows which clips a step is made of.
        journal: notes the skipped steps.
    """

    def __init__(self, packer: Packer, journal: Journal) -> None:
        self._packer, self._journal = packer, journal
        self._skipped: list[int] = []
        self._went_back_from = -1

    def allows(self, step: int, losses: Tensor, norm: Tensor) -> bool:
        """Say whether a step may reach the weights; one that may not is noted with its clips.

        Args:
            step: finished steps, which is the number of its batch.
            losses: of every micro batch.
            norm: of the gradients.
        """
        if bool(torch.isfinite(losses).all() & torch.isfinite(norm)):
            self._skipped.clear()
            return True
        self._skipped.append(step)
        broken = [part for part, loss in enumerate(losses.tolist()) if not _is_finite(loss)]
        parts = broken or range(len(losses))
        clips = sorted({clip for part in parts for clip in self._packer.clips(step, part)})
        values = ", ".join(f"{loss:.4g}" for loss in losses.tolist())
        self._reason = (
            f"step {step + 1}: loss {values}, gradient norm {float(norm):.4g}, "
            f"clips {', '.join(map(str, clips))} of the pool"
        )
        log.warning("skipped %s", self._reason)
        self._journal.skip(step + 1, clips)
        return False

    @property
    def is_tried(self) -> bool:
        """Whether the newest step was skipped: no moment for a checkpoint to go back to."""
        return bool(self._skipped)

    @property
    def is_over(self) -> bool:
        """Whether so many steps in a row were skipped that the run goes back."""
        return len(self._skipped) >= MAX_IN_A_ROW

    def go_back(self, step: int) -> None:
        """Note that the run stands at its last checkpoint again.

        Args:
            step: of that checkpoint; 0 when there is none.

        Raises:
            NonFiniteError: there is none, or the run already went back from here in vain.
        """
        first = self._skipped[0]
        if step == 0 or first <= self._went_back_from:
            why = "no checkpoint yet" if step == 0 else f"the same after going back to step {step}"
            raise NonFiniteError(f"{MAX_IN_A_ROW} steps in a row, {why}; the last: {self._reason}")
        log.warning("%d steps in a row skipped: back to step %d", MAX_IN_A_ROW, step)
        self._went_back_from = self._skipped[-1]
        self._skipped.clear()
        self._journal.rewind(step)


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")  # false for NaN too
