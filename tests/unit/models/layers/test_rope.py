import torch

from hanazora.models.layers.rope import axis_dims, rotate, rotation


def test_a_head_of_128_splits_as_in_wan() -> None:
    assert axis_dims(128) == (44, 42, 42)
    assert sum(axis_dims(64)) == 64


def test_rotation_keeps_length_and_position_zero_is_the_identity() -> None:
    x = torch.randn(4, 2, 64)
    positions = torch.tensor([[0, 0, 0], [1, 2, 3], [5, 0, 7], [9, 9, 9]])
    out = rotate(x, rotation(positions, 64, 10000.0))
    torch.testing.assert_close(out[0], x[0])
    torch.testing.assert_close(out.norm(dim=-1), x.norm(dim=-1))


def test_scores_depend_on_the_difference_of_positions_only() -> None:
    query, key = torch.randn(1, 1, 64), torch.randn(1, 1, 64)

    def score(a: list[int], b: list[int]) -> torch.Tensor:
        q = rotate(query, rotation(torch.tensor([a]), 64, 100.0))
        k = rotate(key, rotation(torch.tensor([b]), 64, 100.0))
        return (q * k).sum()

    torch.testing.assert_close(score([3, 4, 5], [1, 1, 1]), score([12, 13, 24], [10, 10, 20]))
    assert (score([3, 4, 5], [1, 1, 1]) - score([4, 4, 5], [1, 1, 1])).abs() > 1e-3
