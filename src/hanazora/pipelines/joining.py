"""Soft joins: the made frames right beside a given one fade over from it.

What was given is left exactly as it is. A network never quite meets it, and at a border of two
latent frames all of the difference falls on one step; spread over a few frames it does not jump.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hanazora.media.frames import FramePiece, Picture
from hanazora.pipelines.plan import Plan

FADE_FRAMES = 3
"""Made frames that hold a share of the given frame beside them: 3/4, 2/4 and 1/4."""


class Join(NamedTuple):
    """A border between given and made frames."""

    frame: int
    """The first frame of the file behind it; one past the end where a loop closes."""
    is_made_behind: bool
    """Whether the made side is the one behind it."""


class Pull(NamedTuple):
    """What a made frame holds of a given one."""

    given: int
    """Frame of the file."""
    share: float
    """From 0 to 1."""


def find_joins(plan: Plan) -> list[Join]:
    """Return where a video goes on from given to made frames or back, without a cut."""
    joins = list[Join]()
    for number, (first, second) in enumerate(pairwise(plan.chunks)):
        if (first.given is None) == (second.given is None) or not plan.flows(number):
            continue
        shown, following = plan.shown_frames(first), plan.shown_frames(second)
        closes = plan.verb == "loop" and shown.stop == plan.num_frames and not following
        if shown and (following or closes):
            joins.append(Join(shown.stop, first.given is not None))
    return joins


def find_pulls(joins: Sequence[Join], num_frames: int) -> dict[int, list[Pull]]:
    """Return what made frames hold of the given frames beside them, by frame of the file."""
    pulls: dict[int, list[Pull]] = {}
    borders = [0, *(join.frame for join in joins), num_frames]
    for number, join in enumerate(joins, start=1):
        for step in range(1, FADE_FRAMES + 1):
            frame = join.frame + step - 1 if join.is_made_behind else join.frame - step
            first = join.frame if join.is_made_behind else borders[number - 1]
            last = borders[number + 1] if join.is_made_behind else join.frame
            if first <= frame < last:
                # Where a loop closes, its first frame is what follows.
                given = join.frame - 1 if join.is_made_behind else join.frame % num_frames
                pull = Pull(given, 1 - step / (FADE_FRAMES + 1))
                pulls.setdefault(frame, []).append(pull)
    return pulls


def soften_joins(plan: Plan, pieces: Iterable[FramePiece]) -> Iterator[FramePiece]:
    """Fade the made frames of a plan over from the given ones beside them.

    Args:
        plan: the whole video.
        pieces: its frames in order of time.

    Yields:
        All its frames. Only those right before a given frame are held back until that is there.
    """
    pulls = find_pulls(find_joins(plan), plan.num_frames)
    if not pulls:
        yield from pieces
        return
    wanted = {pull.given for held in pulls.values() for pull in held}
    given = dict[int, Picture]()
    waiting = deque[tuple[Picture, list[Pull]]]()
    count = 0
    for piece in pieces:
        for frame in piece:
            if count in wanted:
                given[count] = frame
            waiting.append((frame, pulls.get(count, [])))
            count += 1
        ready = list[Picture]()
        while waiting and all(pull.given in given for pull in waiting[0][1]):
            ready.append(_faded(*waiting.popleft(), given))
        if ready:
            yield np.stack(ready)


def _faded(frame: Picture, pulls: Sequence[Pull], given: Mapping[int, Picture]) -> Picture:
    for pull in pulls:
        mixed = (1 - pull.share) * frame.astype(np.float32) + pull.share * given[pull.given]
        frame = np.rint(mixed).astype(np.uint8)
    return frame
