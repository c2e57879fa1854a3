import torch
from torch import nn

from hanazora.train.optim import OptimizerConfig, build_optimizers, schedule


def _net() -> nn.Module:
    return nn.ModuleDict({"blocks": nn.ModuleList([nn.Linear(4, 4)]), "head": nn.Linear(4, 2)})


def test_matrices_of_blocks_go_to_muon_and_the_rest_to_adamw() -> None:
    optimizers = build_optimizers(OptimizerConfig(), {"net": _net()})
    kinds = [type(optimizer).__name__ for optimizer in optimizers.optimizers]
    assert kinds == ["Muon", "AdamW"]
    assert len(optimizers.optimizers[0].param_groups[0]["params"]) == 1
    assert len(optimizers.optimizers[1].param_groups[0]["params"]) == 3
    plain = build_optimizers(OptimizerConfig(use_muon=False), {"net": _net()})
    assert [type(optimizer).__name__ for optimizer in plain.optimizers] == ["AdamW"]


def test_a_step_changes_every_weight_and_forgets_gradients() -> None:
    net = _net()
    before = [p.detach().clone() for p in net.parameters()]
    optimizers = build_optimizers(OptimizerConfig(), {"net": net})
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizers.set_scale(0.5)
    optimizers.step()
    assert all(not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in net.parameters())


def test_the_schedule_warms_up_holds_and_ends_near_zero() -> None:
    config = OptimizerConfig(warmup_steps=10, decay_share=0.5)
    factors = [schedule(step, 100, config) for step in range(100)]
    assert factors[0] == 0.1 and factors[30] == 1.0 and factors[99] <= 0.021
    assert max(factors) == 1.0
