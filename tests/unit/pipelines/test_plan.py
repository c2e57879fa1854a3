import json

import pytest

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import UserError
from hanazora.pipelines.plan import (
    Geometry,
    Given,
    Part,
    Plan,
    Run,
    frames_before,
    inward,
    keys_first,
    latent_frames,
    lay_out,
    outward,
)

GEOMETRY = Geometry(2, (1, 2, 2))


def _plan(*parts: Part, order: tuple[int, ...] | None = None, **changes: object) -> Plan:
    segments, chunks = lay_out(parts, GEOMETRY)
    scenes = [segments[chunk.segment].scene for chunk in chunks]
    settings: dict[str, object] = {
        "verb": "generate", "width": 100, "height": 60, "fps": 8.0, "latent_height": 4,
        "latent_width": 8, "prompts": ("one", "two"), "segments": segments, "chunks": chunks,
        "order": outward(chunks, scenes) if order is None else order,
    }  # fmt: skip
    return Plan(**{**settings, **changes})  # type: ignore[arg-type]


def test_the_first_latent_frame_of_a_segment_is_a_chunk_of_its_own() -> None:
    plan = _plan(Part((Run(6),), 21), Part((Run(2), Run(3, prompt=1)), 15))
    places = [(c.first_frame, c.num_frames, c.prompt) for c in plan.chunks]
    assert places == [
        (0, 1, 0), (1, 2, 0), (3, 2, 0), (5, 1, 0), (6, 1, 0), (7, 1, 0), (8, 2, 1), (10, 1, 1)
    ]  # fmt: skip
    assert (plan.num_frames, plan.num_latent_frames) == (36, 11)


def test_given_chunks_name_their_place_in_the_source() -> None:
    given = Run(4, given=Given(source=3, first_frame=10))
    plan = _plan(Part((given, Run(2)), 21))
    assert [c.given.first_frame for c in plan.chunks if c.given is not None] == [10, 11, 13]
    assert plan.sources == (3,) and plan.order == (3,)


def test_every_frame_of_the_file_belongs_to_one_chunk() -> None:
    plan = _plan(Part((Run(5),), 14, skip_frames=3), Part((Run(3),), 0), Part((Run(1),), 1))
    shown = [list(plan.shown_frames(chunk)) for chunk in plan.chunks]
    assert shown == [[], list(range(6)), list(range(6, 14)), [], [], [14]]


def test_frames_and_latent_frames_agree_with_the_autoencoder() -> None:
    assert [latent_frames(n) for n in (1, 2, 5, 6, 9)] == [1, 2, 2, 3, 3]
    assert [frames_before(n) for n in (0, 1, 2, 3)] == [0, 1, 5, 9]
    assert GEOMETRY.latent_size(60, 100) == (4, 8)


def test_chunks_grow_out_of_what_is_given() -> None:
    held = Run(1, given=Given(source=0))
    segments, chunks = lay_out([Part((Run(5),), 17), Part((held, Run(4)), 17)], GEOMETRY)
    assert outward(chunks, [0] * 6) == (2, 1, 0, 4, 5)
    # A cut between them: nothing to grow out of, so the first part is made forward.
    assert outward(chunks, [segments[c.segment].scene + (c.segment > 0) for c in chunks]) == (
        0, 1, 2, 4, 5
    )  # fmt: skip


def test_a_gap_is_closed_from_both_ends() -> None:
    held = Run(1, given=Given(source=0))
    _, chunks = lay_out([Part((held, Run(10)), 41), Part((held,), 1)], GEOMETRY)
    assert inward(chunks, [0] * 7) == (1, 5, 2, 4, 3)


def test_key_chunks_come_first() -> None:
    assert keys_first(range(7), 3) == (0, 3, 6, 1, 2, 4, 5)
    with pytest.raises(UserError, match="at least 2 apart"):
        keys_first(range(7), 1)


def test_a_plan_goes_to_json_and_back() -> None:
    plan = _plan(Part((Run(1, given=Given(source=0)), Run(4)), 17))
    assert from_dict(Plan, json.loads(json.dumps(to_dict(plan)))) == plan


def test_impossible_plans_are_refused() -> None:
    with pytest.raises(UserError, match="nothing to make"):
        _plan(Part((Run(3, given=Given(source=0)),), 9))
    with pytest.raises(UserError, match="above 0 and at most 1"):
        _plan(Part((Run(3),), 9), strength=1.5, init_source=0)
    with pytest.raises(ValueError, match="does not name each chunk"):
        _plan(Part((Run(3),), 9), order=(0, 0))
    with pytest.raises(ValueError, match="more frames than"):
        _plan(Part((Run(3),), 10))
    with pytest.raises(ValueError, match="prompt that is not there"):
        _plan(Part((Run(3, prompt=2),), 9))
    with pytest.raises(ValueError, match="something to start from"):
        _plan(Part((Run(3),), 9), strength=0.5)


def test_a_picture_goes_on_across_segments_but_not_across_a_cut() -> None:
    given = Given(source=0)
    parts = Part((Run(1, given=given), Run(2)), 9), Part((Run(1, given=given),), 1)
    plan = _plan(*parts)
    assert [plan.flows(number) for number in range(3)] == [True, True, False]
    board = _plan(*parts, verb="storyboard")
    assert [board.flows(number) for number in (0, 1)] == [True, False]
    assert not _plan(parts[0], parts[1]._replace(scene=1)).flows(1)
