from pathlib import Path

import pytest
import torch

from hanazora.core.errors import NonFiniteError
from hanazora.core.metrics import read_metrics
from hanazora.parallel.device import pick_device
from hanazora.parallel.ranks import ALONE
from hanazora.train.journal import Journal
from hanazora.train.loop import build_packer
from hanazora.train.pool import open_source
from hanazora.train.state import TrainConfig
from hanazora.train.watching.patience import MAX_IN_A_ROW, Patience

FINE, BROKEN = torch.tensor([1.0, 2.0]), torch.tensor([1.0, float("nan")])
NORM = torch.tensor(2.0)


@pytest.fixture
def journal(tiny_run: TrainConfig, tmp_path: Path):
    (tmp_path / "run").mkdir()
    with Journal(tiny_run, tmp_path / "run", 0, ALONE) as journal:
        yield journal


@pytest.fixture
def patience(tiny_run: TrainConfig, tmp_path: Path, journal: Journal) -> Patience:
    source = open_source(tiny_run.pool, tmp_path / "run", pick_device("cpu", "fp32"))
    return Patience(build_packer(tiny_run, source), journal)


def _break(patience: Patience, *steps: int) -> None:
    assert not any(patience.allows(step, BROKEN, NORM) for step in steps)


def test_only_a_finite_step_may_reach_the_weights(patience: Patience) -> None:
    assert patience.allows(0, FINE, NORM) and not patience.is_tried
    for losses, norm in ((BROKEN, NORM), (FINE, torch.tensor(float("inf")))):
        assert not patience.allows(1, losses, norm)
        assert patience.is_tried and not patience.is_over
    assert patience.allows(2, FINE, NORM) and not patience.is_tried


def test_a_skipped_step_is_written_with_its_clips(
    patience: Patience, tiny_run: TrainConfig, tmp_path: Path
) -> None:
    source = open_source(tiny_run.pool, tmp_path / "run", pick_device("cpu", "fp32"))
    packer = build_packer(tiny_run, source)
    _break(patience, 7)
    assert not patience.allows(8, FINE, torch.tensor(float("nan")))
    rows = list(read_metrics(tmp_path / "run" / "metrics.jsonl"))
    # Only the second micro batch of step 7 was broken; a broken norm may come from any.
    clips = [sorted(set(packer.clips(7, 1))), sorted({*packer.clips(8, 0), *packer.clips(8, 1)})]
    expected = [" ".join(map(str, part)) for part in clips]
    assert [row["skipped"] for row in rows] == expected
    assert [row["step"] for row in rows] == [8, 9]


def test_three_in_a_row_go_back_once_from_the_same_place(patience: Patience) -> None:
    _break(patience, 11, 12)
    assert not patience.is_over
    _break(patience, 13)
    assert patience.is_over and MAX_IN_A_ROW == 3
    patience.go_back(10)
    assert not patience.is_over and not patience.is_tried
    _break(patience, 11, 12, 13)
    said = r"same after going back to step 10.*step 14: loss 1, nan"
    with pytest.raises(NonFiniteError, match=said):
        patience.go_back(10)


def test_another_place_may_go_back_again(patience: Patience) -> None:
    for first, checkpoint in ((11, 10), (14, 10), (31, 30)):
        _break(patience, first, first + 1, first + 2)
        patience.go_back(checkpoint)
        assert patience.allows(checkpoint, FINE, NORM)


def test_without_a_checkpoint_there_is_nowhere_to_go(patience: Patience) -> None:
    _break(patience, 0, 1, 2)
    with pytest.raises(NonFiniteError, match="no checkpoint yet"):
        patience.go_back(0)
