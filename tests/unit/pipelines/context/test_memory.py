from itertools import permutations

import pytest

from hanazora.pipelines.context.memory import Finished, MemoryConfig, View, look_around


def _recall(old: list[int], seen: list[int], count: int) -> list[int]:
    return old[:count]


def _views(
    order: list[tuple[int, int]],
    config: MemoryConfig,
    pictures: frozenset[int] = frozenset({0}),
    *,
    is_turn: bool = False,
) -> list[View]:
    """What each chunk looks at when chunks (first frame, frames) are made in this order."""
    chunk_of, views = dict[int, int](), list[View]()
    for number, (first, count) in enumerate(order):
        finished = Finished(chunk_of, pictures, is_turn)
        views.append(look_around(first, count, finished, config, _recall))
        chunk_of.update({first + k: number for k in range(count)})
    return views


def _frames(view: View) -> dict[int, int]:
    """Local frame of every frame in view."""
    return {
        piece.first_frame + k: piece.local_frame + k
        for piece in view.pieces
        for k in range(piece.num_frames)
    }


FORWARD = [(0, 1), *((first, 2) for first in range(1, 20, 2))]


def test_a_short_clip_looks_at_everything_at_its_true_place() -> None:
    for view, (first, _) in zip(_views(FORWARD[:3], MemoryConfig()), FORWARD, strict=False):
        assert _frames(view) == {frame: frame for frame in range(first)}
        assert view.local_frame == first


def test_far_into_a_video_a_chunk_sees_what_the_last_of_a_trained_clip_sees() -> None:
    view = _views(FORWARD, MemoryConfig(trained_frames=5))[-1]
    assert _frames(view) == {0: 0, 17: 1, 18: 2} and view.local_frame == 3


def test_every_part_has_a_switch() -> None:
    config = MemoryConfig(trained_frames=9, num_retrieved=2)
    assert set(_frames(_views(FORWARD, config)[-1])) == {0, 1, 2, 15, 16, 17, 18}
    no_sink = MemoryConfig(trained_frames=9, num_retrieved=0, sink=False)
    assert set(_frames(_views(FORWARD, no_sink)[-1])) == set(range(12, 19))
    everything = MemoryConfig(trained_frames=None)
    assert _frames(_views(FORWARD, everything)[-1]) == {frame: frame for frame in range(19)}


@pytest.mark.parametrize("trained_frames", [3, 5, 9])
def test_in_any_order_no_place_is_used_twice_or_outside_the_trained_range(
    trained_frames: int,
) -> None:
    chunks = [(0, 1), (1, 2), (3, 2), (5, 1), (6, 2), (8, 2)]
    for order in list(permutations(chunks))[::7]:
        views = _views(list(order), MemoryConfig(trained_frames=trained_frames), frozenset({0, 5}))
        for view, (_, count) in zip(views, order, strict=True):
            own = [view.local_frame + k for k in range(count)]
            places = [*_frames(view).values(), *own]
            assert len(set(places)) == len(places)
            assert min(places) >= 0 and max(places) < trained_frames


def test_neighbours_on_both_sides_keep_their_distance() -> None:
    view = _views([(0, 1), (1, 2), (5, 2), (3, 2)], MemoryConfig(trained_frames=5))[-1]
    assert _frames(view) == {1: 0, 2: 1, 5: 4} and view.local_frame == 2


def test_backward_the_memory_stands_behind_the_window() -> None:
    order = [(11, 2), (9, 2), (7, 2), (5, 2)]
    view = _views(order, MemoryConfig(trained_frames=5), frozenset())[-1]
    assert _frames(view) == {7: 2, 8: 3, 11: 4} and view.local_frame == 0


def test_a_picture_stands_only_where_clips_begin() -> None:
    pictures = frozenset({0, 3})
    order = [(3, 1), (4, 2), (1, 2)]
    plain = _views(order, MemoryConfig(), pictures)[-1]
    # The picture is skipped, and the motion after it moves next to the chunk.
    assert {f: p - plain.local_frame for f, p in _frames(plain).items()} == {4: 2, 5: 3}
    inside = _views(order, MemoryConfig(pictures_inside=True), pictures)[-1]
    assert set(_frames(inside)) == {3, 4, 5}
    # After it, nothing from before it is in view: a clip begins here.
    order = [(0, 1), (1, 2), (3, 1), (4, 2)]
    assert set(_frames(_views(order, MemoryConfig(), pictures)[-1])) == {3}


def test_pieces_stand_in_generation_order() -> None:
    view = _views([(0, 1), (5, 2), (1, 2), (3, 2)], MemoryConfig(trained_frames=9))[-1]
    assert [piece.chunk for piece in view.pieces] == [0, 1, 2]
    assert view.num_frames == 5


def test_at_a_turn_old_frames_come_before_the_second_neighbour_and_share_the_sink() -> None:
    view = _views(FORWARD, MemoryConfig(trained_frames=5), is_turn=True)[-1]
    assert _frames(view) == {0: 0, 1: 1, 18: 2} and view.local_frame == 3
    assert [piece.slots for piece in view.pieces] == [(2,), (), ()]
    # While the words stay the same, neighbours come first and nothing is laid over the sink.
    steady = _views(FORWARD, MemoryConfig(trained_frames=5))[-1]
    assert set(_frames(steady)) == {0, 17, 18}
    assert all(piece.slots == () for piece in steady.pieces)
    # With room, every retrieved frame has a place of its own.
    roomy = _views(FORWARD, MemoryConfig(trained_frames=9), is_turn=True)[-1]
    assert all(piece.slots == () for piece in roomy.pieces)


def test_each_ablation_changes_what_is_looked_at_and_never_how_much() -> None:
    settings = {
        "window": MemoryConfig(sink=False, num_retrieved=0),
        "sink": MemoryConfig(num_retrieved=0),
        "retrieved": MemoryConfig(num_retrieved=1, num_slots=0),
        "no sink": MemoryConfig(sink=False),
        "slots": MemoryConfig(),
        "wide": MemoryConfig(turn_window=2),
    }
    views = {name: _views(FORWARD, config, is_turn=True)[-1] for name, config in settings.items()}
    assert set(_frames(views["window"])) == {16, 17, 18}
    assert set(_frames(views["sink"])) == {0, 17, 18}
    assert set(_frames(views["retrieved"])) == {0, 1, 18}
    assert set(_frames(views["no sink"])) == {1, 2, 18}
    assert views["slots"].pieces[0].slots == (2,)
    assert views["wide"].pieces[0].slots == (1, 2)
    assert len({view.pieces for view in views.values()}) == len(settings)
    assert {view.num_frames for view in views.values()} == {3}


def test_a_chunk_far_into_a_video_looks_at_as_much_as_any_other() -> None:
    order = [(0, 1), *((first, 2) for first in range(1, 121, 2))]
    for config in (MemoryConfig(), MemoryConfig(trained_frames=9), MemoryConfig(sink=False)):
        for is_turn in (False, True):
            views = _views(order, config, is_turn=is_turn)[8:]
            assert len({view.num_frames for view in views}) == 1


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="trained_frames is 0"):
        MemoryConfig(trained_frames=0)
    with pytest.raises(ValueError, match="num_retrieved is -1"):
        MemoryConfig(num_retrieved=-1)
    with pytest.raises(ValueError, match="window is 0"):
        MemoryConfig(window=0)
