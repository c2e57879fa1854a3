"""Sinusoidal embedding of the noise level and the small MLPs that condition the blocks."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

TIMESTEPS = 1000.0  # the timestep fed to the embedding is sigma * 1000 (Wan, SD3)


def sinusoid(timestep: Float[Tensor, " n"], size: int) -> Float[Tensor, "n size"]:
    """Embed timesteps in [0, 1000]: cosines first, then sines, base 10000 (spec field.md 9.2)."""
    half = size // 2
    exponent = torch.arange(half, device=timestep.device, dtype=torch.float32) / half
    angle = timestep.float()[:, None] * torch.exp(-math.log(10000.0) * exponent)
    return torch.cat((angle.cos(), angle.sin()), dim=-1)


class EmbeddingMLP(nn.Module):
    """Linear, activation, linear; names follow diffusers so that Wan weights load unchanged."""

    def __init__(self, in_size: int, out_size: int, activation: nn.Module) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(in_size, out_size)
        self.activation = activation
        self.linear_2 = nn.Linear(out_size, out_size)

    def forward(self, x: Float[Tensor, "*n d_in"]) -> Float[Tensor, "*n d_out"]:
        """Apply both layers to the last axis."""
        return self.linear_2(self.activation(self.linear_1(x)))
