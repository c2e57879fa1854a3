from collections.abc import Iterator

import numpy as np
import pytest

from hanazora.media.frames import FramePiece
from hanazora.pipelines.joining import Join, find_joins, find_pulls, soften_joins
from hanazora.pipelines.plan import Geometry, Given, Part, Plan, Run, Verb, inward, lay_out

GIVEN = Given(source=0)


def _plan(*parts: Part, verb: Verb = "connect") -> Plan:
    segments, chunks = lay_out(parts, Geometry(2, (1, 2, 2)))
    scenes = [segments[chunk.segment].scene for chunk in chunks]
    return Plan(
        verb=verb, width=4, height=2, fps=8.0, latent_height=2, latent_width=2, prompts=("one",),
        segments=segments, chunks=chunks, order=inward(chunks, scenes),
    )  # fmt: skip


CONNECT = _plan(Part((Run(2, given=GIVEN), Run(2)), 13), Part((Run(2, given=GIVEN),), 5))
LOOP = _plan(Part((Run(2, given=GIVEN), Run(1)), 9), Part((Run(1, given=GIVEN),), 0), verb="loop")


def _pieces(levels: list[int], length: int = 4) -> Iterator[FramePiece]:
    frames = np.array(levels, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 4, 3), np.uint8)
    yield from (frames[start : start + length] for start in range(0, len(frames), length))


def _levels(plan: Plan, levels: list[int]) -> list[int]:
    frames = np.concatenate(list(soften_joins(plan, _pieces(levels))))
    assert frames.dtype == np.uint8
    return [int(frame[0, 0, 0]) for frame in frames]


def test_joins_are_where_given_meets_made() -> None:
    assert find_joins(CONNECT) == [Join(5, True), Join(13, False)]
    assert find_joins(LOOP) == [Join(5, True), Join(9, False)]


def test_made_frames_fade_over_and_given_ones_stay() -> None:
    levels = _levels(CONNECT, [0] * 5 + [100] * 8 + [200] * 5)
    assert levels[:5] == [0] * 5 and levels[13:] == [200] * 5
    assert levels[5:13] == [25, 50, 75, 100, 100, 125, 150, 175]


def test_a_loop_fades_over_to_its_first_frame() -> None:
    levels = _levels(LOOP, [0] * 5 + [100] * 4)
    # Both ends reach into so short a gap.
    assert levels == [0] * 5 + [25, 38, 38, 25]


def test_frames_are_held_back_only_before_a_given_one() -> None:
    taken = 0

    def pieces() -> Iterator[FramePiece]:
        nonlocal taken
        for piece in _pieces([0] * 5 + [100] * 8 + [200] * 5, length=1):
            taken += 1
            yield piece

    shown = []
    count = 0
    for piece in soften_joins(CONNECT, pieces()):
        count += len(piece)
        shown.append((taken, count))
    assert shown[:10] == [(n, n) for n in range(1, 11)]  # frames 10, 11 and 12 wait for 13
    assert shown[10] == (14, 14)


def test_a_cut_of_a_storyboard_stays_a_cut() -> None:
    parts = Part((Run(3),), 9), Part((Run(1, given=GIVEN), Run(1)), 5)
    assert find_joins(_plan(*parts)) == [Join(9, False), Join(10, True)]
    assert find_joins(_plan(*parts, verb="storyboard")) == [Join(10, True)]


@pytest.mark.parametrize("frame", [4, 9])
def test_only_made_frames_are_pulled(frame: int) -> None:
    pulls = find_pulls([Join(5, True), Join(9, False)], 12)
    assert frame not in pulls and set(pulls) == {5, 6, 7, 8}
