import torch
from torch import nn

from hanazora.parallel.ranks import Ranks, join_ranks, sum_gradients


def test_work_is_shared_without_overlap() -> None:
    shares = [list(Ranks(rank, 3).share(7)) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(7))
    assert shares[1] == [1, 4]


def test_a_plain_process_is_a_group_of_one() -> None:
    ranks = join_ranks(torch.device("cpu"))
    assert ranks == Ranks(0, 1) and ranks.is_first


def test_alone_nothing_is_summed() -> None:
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.ones(2)
    values = sum_gradients([weight], torch.tensor([3.0]), Ranks(0, 1))
    assert values.tolist() == [3.0] and weight.grad.tolist() == [1.0, 1.0]
