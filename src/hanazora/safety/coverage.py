"""Which moderator covers which category at which stage, as `hanazora safety status` prints it.

Each part of the safety room that judges something has a function `coverage(policy)` that returns
what it covers and whether it can run here; `status.py` lists those functions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hanazora.safety.policy import Stage


class Coverage(NamedTuple):
    """One moderator for one category at one stage."""

    stage: Stage
    """What is judged."""

    category: str
    """A category of the policy."""

    moderator: str
    """What judges it, as in patterns or frames/classifier."""

    available: bool = True
    """Whether it can run here: installed, and its files are in place."""

    note: str = ""
    """What a reader must know: a measured limit, or why it cannot run."""


def covered(
    stage: Stage,
    categories: Sequence[str],
    moderator: str,
    *,
    available: bool = True,
    note: str = "",
) -> list[Coverage]:
    """Return one entry per category."""
    return [Coverage(stage, name, moderator, available, note) for name in categories]
