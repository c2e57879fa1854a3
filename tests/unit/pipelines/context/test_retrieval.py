import torch

from hanazora.pipelines.context.retrieval import LatentIndex, Rule


def _index(rule: Rule) -> LatentIndex:
    """Frames 0 to 3 show a left half, frame 4 a right half, frame 5 something between."""
    left = torch.zeros(2, 8, 12)
    left[0, :, :6] = 1
    right = left.flip(-1)
    index = LatentIndex(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), rule)
    frames = [left, left, left, left, right, left + 0.7 * right]
    index.add(0, torch.stack(frames, dim=1), 0)
    return index


def test_cover_brings_back_what_is_not_in_view() -> None:
    assert _index("cover").recall([0, 1, 2, 4, 5], [3], 2, 0) == [4, 5]


def test_alike_brings_back_what_resembles_the_view() -> None:
    assert _index("alike").recall([0, 1, 4, 5], [3], 3, 0) == [0, 1, 5]


def test_a_frame_of_the_same_prompt_comes_first() -> None:
    index = _index("cover")
    index.add(6, torch.ones(2, 1, 8, 12), 1)
    assert index.recall([0, 4, 6], [3], 1, 1) == [6]


def test_with_nothing_in_view_the_oldest_come_back() -> None:
    assert _index("alike").recall([2, 1, 0], [], 2, 0) == [0, 1]
    assert _index("cover").recall([], [3], 2, 0) == []
