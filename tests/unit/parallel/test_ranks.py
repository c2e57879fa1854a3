import threading
from pathlib import Path

import pytest
import torch
from torch import nn

from hanazora.parallel.ranks import ALONE, Ranks, join_ranks, made_once, sum_gradients


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


def test_what_is_missing_is_made_once_and_the_others_wait(tmp_path: Path) -> None:
    done, made = tmp_path / "index.json", []

    def make(rank: int) -> None:
        made.append(rank)
        done.touch()

    other = threading.Thread(target=made_once, args=(Ranks(1, 2), done, lambda: make(1)))
    other.start()
    assert other.is_alive()
    made_once(Ranks(0, 2), done, lambda: make(0))
    other.join(timeout=10)
    made_once(ALONE, done, lambda: make(0))
    assert made == [0]
    assert not other.is_alive()


def test_the_first_rank_does_not_wait_for_what_it_could_not_make(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"):
        made_once(ALONE, tmp_path / "index.json", _fail)


def _fail() -> None:
    raise OSError("the disk is full")
