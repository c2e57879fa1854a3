"""How long work reports where it stands and learns that it should stop."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from hanazora.core.errors import CancelledError


@runtime_checkable
class Progress(Protocol):
    """Told about each stage of the work and each step inside it."""

    def start(self, stage: str, num_steps: int) -> None:
        """Begin a stage, ending the one before."""

    def advance(self, num_steps: int = 1) -> None:
        """Note that steps of the current stage are done; may raise CancelledError."""


class SilentProgress:
    """Progress that nobody watches."""

    def start(self, stage: str, num_steps: int) -> None:
        """Begin a stage."""

    def advance(self, num_steps: int = 1) -> None:
        """Note that steps are done."""


class CancellableProgress:
    """Progress that stops the work at the next step once it is asked to.

    Args:
        inner: the progress that is shown.
        is_cancelled: asked at every step, from the thread that does the work.
    """

    def __init__(self, inner: Progress, is_cancelled: Callable[[], bool]) -> None:
        self._inner = inner
        self._is_cancelled = is_cancelled

    def start(self, stage: str, num_steps: int) -> None:
        """Begin a stage unless the work was cancelled."""
        self._stop_if_cancelled(stage)
        self._stage = stage
        self._inner.start(stage, num_steps)

    def advance(self, num_steps: int = 1) -> None:
        """Note that steps are done, and stop if the work was cancelled."""
        self._inner.advance(num_steps)
        self._stop_if_cancelled(self._stage)

    def _stop_if_cancelled(self, stage: str) -> None:
        if self._is_cancelled():
            raise CancelledError(f"cancelled while {stage}")
