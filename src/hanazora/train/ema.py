"""Exponential moving average of the weights: what is sampled from and shipped."""

import copy

import torch
from torch import nn


class ExponentialMovingAverage:
    """A slow copy of some modules; young averages forget faster, so early ones mean something."""

    def __init__(self, modules: dict[str, nn.Module], decay: float) -> None:
        self.decay = decay
        self.modules = {name: copy.deepcopy(m).requires_grad_(False) for name, m in modules.items()}

    @torch.no_grad()
    def update(self, modules: dict[str, nn.Module], step: int) -> None:
        """Move the averages towards the trained weights after optimizer step ``step``."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, module in modules.items():
            averages = [p.data for p in self.modules[name].parameters()]
            torch._foreach_lerp_(averages, [p.detach() for p in module.parameters()], 1 - decay)
