"""What a moderator of pictures is, and how one is run so that it cannot fail unnoticed.

A moderator gives each picture one score per category on one scale: from 0.5 on a picture counts
when a second frame agrees, from 0.75 on one is enough (a policy may move both). Every moderator
runs in a thread of its own. One that raises, takes too long or answers nonsense is broken from then
on, and everybody who asks it learns why.
"""

import math
import queue
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from hanazora.media.frames import Frames

Scores = Mapping[str, float]
"""Score by category, 0 to 1; a category that is absent was not seen."""


class ModeratorError(RuntimeError):
    """A moderator gave no usable answer; the message says why."""


@runtime_checkable
class Moderator(Protocol):
    """Judges pictures."""

    @property
    def name(self) -> str:
        """What findings call it."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories of the policy that it can see."""

    @property
    def required(self) -> bool:
        """Whether nothing may be shown that it could not judge."""

    @property
    def timeout_s(self) -> float:
        """Seconds that one picture may take."""

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return the scores of each picture."""


class Missing(NamedTuple):
    """The place of a moderator that cannot run here: every question raises."""

    name: str
    categories: tuple[str, ...]
    why: str
    """What is missing."""
    required: bool = True
    timeout_s: float = 1.0

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Raise; there is nobody to ask."""
        del pictures
        raise ModeratorError(self.why)


class Guarded:
    """A moderator behind a clock.

    Args:
        moderator: whom to ask; nothing of it runs in the caller's thread.
    """

    def __init__(self, moderator: Moderator) -> None:
        self.moderator = moderator
        self._broken = ""
        self._questions: queue.SimpleQueue[Frames | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        # A job that is cancelled never comes to `close`; its thread ends when this is let go.
        weakref.finalize(self, self._questions.put, None)

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return one score per category for each picture.

        Raises:
            ModeratorError: it raised, was too slow, gave no valid scores, or did so before.
        """
        if not self._broken:
            try:
                return _checked(self._ask(pictures), len(pictures))
            except ModeratorError as error:
                self._broken = f"moderator {self.moderator.name} {error}"
        raise ModeratorError(self._broken)

    def close(self) -> None:
        """Let the thread end."""
        if self._thread is not None:
            self._questions.put(None)

    def _ask(self, pictures: Frames) -> object:
        if self._thread is None:
            # A daemon: one that hangs must not keep the process from ending.
            queues = (self._questions, self._answers)
            self._thread = threading.Thread(
                target=_serve, args=(self.moderator, *queues), daemon=True
            )
            self._thread.start()
        self._questions.put(pictures)
        try:
            return self._answers.get(timeout=self.moderator.timeout_s * max(len(pictures), 1))
        except queue.Empty:
            raise ModeratorError("did not answer in time") from None


def _serve(
    moderator: Moderator,
    questions: "queue.SimpleQueue[Frames | None]",
    answers: "queue.SimpleQueue[object]",
) -> None:
    while (pictures := questions.get()) is not None:
        try:
            answers.put(moderator.judge(pictures))
        except BaseException as error:  # whatever a plug-in raises must reach the caller
            answers.put(error)


def _checked(answer: object, num_pictures: int) -> Sequence[Scores]:
    """Return an answer from outside when it is one."""
    if isinstance(answer, ModeratorError):
        raise ModeratorError(f"cannot run: {answer}")
    if isinstance(answer, BaseException):
        raise ModeratorError(f"raised {type(answer).__name__}")
    if not isinstance(answer, Sequence) or not all(isinstance(one, Mapping) for one in answer):
        raise ModeratorError("answered with something else than scores")
    if len(answer) != num_pictures:
        raise ModeratorError(f"answered for {len(answer)} of {num_pictures} pictures")
    for value in (value for scores in answer for value in scores.values()):
        if not (isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1):
            raise ModeratorError("gave a score that is not from 0 to 1")
    return answer
