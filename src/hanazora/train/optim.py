"""Muon for the matrices of the blocks, AdamW for everything else (spec training.md F.3b).

Muon (Jordan et al., 2024) gave a lower loss and 2.5 times stronger use of the caption at equal
steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerConfig:
    """Learning rates and their schedule."""

    muon_lr: float = 0.004
    """Learning rate of the block matrices, scaled to match AdamW's update size."""
    lr: float = 0.0015
    """AdamW learning rate of embeddings, norms, modulation and head."""
    weight_decay: float = 0.01
    """Decoupled weight decay."""
    warmup_steps: int = 50
    """Steps of linear warm-up."""
    decay_share: float = 0.4
    """Last share of the run in which the rate falls linearly to zero."""
    max_norm: float = 1.0
    """Gradient norm above which gradients are scaled down."""
    use_muon: bool = True
    """False trains everything with AdamW (baseline)."""


class Optimizers:
    """The optimizers of one run behind one ``step``."""

    def __init__(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        self.optimizers = list(optimizers)
        self._base = [[group["lr"] for group in opt.param_groups] for opt in self.optimizers]

    def set_scale(self, scale: float) -> None:
        """Set every learning rate to its base times ``scale``."""
        for optimizer, rates in zip(self.optimizers, self._base, strict=True):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * scale

    def step(self) -> None:
        """Update the weights and forget the gradients."""
        for optimizer in self.optimizers:
            optimizer.step()
        self.forget()

    def forget(self) -> None:
        """Drop the gradients: of a step that must not reach the weights."""
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)


def build_optimizers(config: OptimizerConfig, modules: dict[str, nn.Module]) -> Optimizers:
    """Split the weights: 2-D matrices inside blocks and text layers to Muon, the rest to AdamW."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for root in modules.values():
        for name, parameter in root.named_parameters():
            if not parameter.requires_grad:
                continue
            inside = name.startswith(("blocks.", "layers.")) and parameter.ndim == 2
            (matrices if inside and config.use_muon else others).append(parameter)
    adamw = torch.optim.AdamW(
        others, lr=config.lr, betas=(0.9, 0.98), weight_decay=config.weight_decay, foreach=True
    )
    if not matrices:
        return Optimizers([adamw])
    muon = torch.optim.Muon(
        matrices,
        lr=config.muon_lr,
        momentum=0.95,
        weight_decay=config.weight_decay,
        adjust_lr_fn="match_rms_adamw",
    )
    return Optimizers([muon, adamw])


def schedule(step: int, num_steps: int, config: OptimizerConfig) -> float:
    """Return the learning-rate factor: warm up, hold, decay to zero (WSD)."""
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    left = (num_steps - step) / max(1.0, config.decay_share * num_steps)
    return warm * min(1.0, left)
