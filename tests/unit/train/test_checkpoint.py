import json
from pathlib import Path

import pytest
import torch
from torch import nn

from hanazora.train.checkpoint import KEEP, load_latest, save_checkpoint
from hanazora.train.ema import ExponentialMovingAverage
from hanazora.train.optim import OptimizerConfig, Optimizers, build_optimizers


def _run() -> tuple[dict[str, nn.Module], ExponentialMovingAverage, Optimizers]:
    torch.manual_seed(0)
    net = nn.ModuleDict({"blocks": nn.ModuleList([nn.Linear(4, 4)]), "head": nn.Linear(4, 2)})
    modules: dict[str, nn.Module] = {"net": net}
    optimizers = build_optimizers(OptimizerConfig(), modules)
    return modules, ExponentialMovingAverage(modules, 0.9), optimizers


def _step(modules: dict[str, nn.Module], optimizers: Optimizers, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for parameter in modules["net"].parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    optimizers.step()


def test_optimizer_state_survives(tmp_path: Path) -> None:
    modules, ema, optimizers = _run()
    for step in range(3):
        _step(modules, optimizers, step)
        ema.update(modules, step)
    save_checkpoint(tmp_path, 3, modules, ema, optimizers)
    fresh_modules, fresh_ema, fresh_optimizers = _run()
    assert load_latest(tmp_path, fresh_modules, fresh_ema, fresh_optimizers) == 3
    for parts, opts, average in (
        (modules, optimizers, ema),
        (fresh_modules, fresh_optimizers, fresh_ema),
    ):
        _step(parts, opts, 99)
        average.update(parts, 3)
    for one, other in ((modules, fresh_modules), (ema.modules, fresh_ema.modules)):
        pairs = zip(one["net"].parameters(), other["net"].parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


def test_only_the_newest_are_kept_and_a_fresh_run_starts_at_zero(tmp_path: Path) -> None:
    modules, ema, optimizers = _run()
    assert load_latest(tmp_path, modules, ema, optimizers) == 0
    for step in (1, 2, 3, 4):
        save_checkpoint(tmp_path, step, modules, ema, optimizers)
    kept = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert kept == ["step_0000003", "step_0000004"] and KEEP == 2


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules, ema, optimizers = _run()
    save_checkpoint(tmp_path, 1, modules, ema, optimizers)
    monkeypatch.setattr(json, "dumps", None)  # the last of the four files fails
    with pytest.raises(TypeError):
        save_checkpoint(tmp_path, 2, modules, ema, optimizers)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step_0000001"]
