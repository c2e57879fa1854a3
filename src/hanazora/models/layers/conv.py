"""Convolutions over channels-last pictures whose weights are plain matrices.

Activations are `n h w c` throughout, so a 1x1 convolution is a linear layer, a patch is a slice of
the last axis, and the CPU kernels get the layout they are fastest in. A weight is stored as the
matrix `(out, 3 * 3 * in)`: viewed with its kernel axes it is already channels-last, and a matrix
optimizer (Muon) takes it as it is. Every layer computes in the dtype of its input and casts its
weight, so one set of fp32 weights serves bf16 training and fp32 tests without an autocast context.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class Linear(nn.Linear):
    """A linear layer that computes in the dtype of its input."""

    def forward(self, input: Float[Tensor, "*rest i"]) -> Float[Tensor, "*rest o"]:
        """Apply the layer to the last axis."""
        bias = None if self.bias is None else self.bias.to(input.dtype)
        return functional.linear(input, self.weight.to(input.dtype), bias)


class Conv3x3(nn.Module):
    """A 3x3 convolution with zero padding on `n h w c` activations."""

    def __init__(self, in_channels: int, out_channels: int, gain: float = 1.0) -> None:
        """Draw the weight with variance `gain^2 / fan_in`; the bias starts at zero."""
        super().__init__()
        fan_in = 9 * in_channels
        self.in_channels = in_channels
        self.weight = nn.Parameter(torch.randn(out_channels, fan_in) * (gain * fan_in**-0.5))
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def forward(self, input: Float[Tensor, "n h w i"]) -> Float[Tensor, "n h w o"]:
        """Convolve; the result is contiguous in `n h w c` order."""
        kernel = self.weight.to(input.dtype).view(-1, 3, 3, self.in_channels).permute(0, 3, 1, 2)
        output = functional.conv2d(
            input.permute(0, 3, 1, 2), kernel, self.bias.to(input.dtype), padding=1
        )
        return output.permute(0, 2, 3, 1)


def merge_cells(grid: Float[Tensor, "b t h w c"]) -> Float[Tensor, "b t h2 w2 c4"]:
    """Join 2x2 neighbouring cells into one of four times the channels (space to depth)."""
    return rearrange(grid, "b t (h y) (w x) c -> b t h w (y x c)", y=2, x=2)


def split_cells(grid: Float[Tensor, "b t h w c4"]) -> Float[Tensor, "b t h2 w2 c"]:
    """Undo `merge_cells`."""
    return rearrange(grid, "b t h w (y x c) -> b t (h y) (w x) c", y=2, x=2)
