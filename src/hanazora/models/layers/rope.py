"""Three-axis rotary position (Su et al., 2021) over true time, row and column, in Wan's layout.

The head is split into time / row / column parts (44 / 42 / 42 for a head of 128) and adjacent
channels form the rotated pairs. Because every token carries its own position, the order in which
tokens stand in the sequence is free (DESIGN section 1).
"""

from typing import NamedTuple

import torch
from jaxtyping import Complex, Float, Int
from torch import Tensor


class Rotation(NamedTuple):
    """Cosine and sine of every token's angles, and both as unit complex numbers."""

    cos: Float[Tensor, "n half"]
    sin: Float[Tensor, "n half"]
    factor: Complex[Tensor, "n half"]


def axis_dims(head_dim: int) -> tuple[int, int, int]:
    """Return how many channels of a head turn with time, row and column."""
    spatial = 2 * (head_dim // 6)
    return head_dim - 2 * spatial, spatial, spatial


def rotation(positions: Int[Tensor, "n 3"], head_dim: int, theta: float) -> Rotation:
    """Compute the angles for positions (time, row, column); fp32 whatever the model's dtype."""
    angles = []
    for axis, dims in enumerate(axis_dims(head_dim)):
        exponent = torch.arange(0, dims, 2, device=positions.device, dtype=torch.float32) / dims
        angles.append(positions[:, axis, None].float() * theta**-exponent)
    angle = torch.cat(angles, dim=-1)
    cos, sin = angle.cos(), angle.sin()
    return Rotation(cos, sin, torch.complex(cos, sin))


def rotate(
    x: Float[Tensor, "n heads e"], turn: Rotation, scale: Float[Tensor, "n 1"] | None = None
) -> Float[Tensor, "n heads e"]:
    """Turn each adjacent channel pair of ``x`` by its token's angle, and scale it if asked."""
    if not torch.compiler.is_compiling():
        # One pass over memory instead of eight; the compiler fuses the real form itself.
        factor = turn.factor if scale is None else turn.factor * scale
        pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * factor[:, None]).flatten(-2).to(x.dtype)
    if scale is not None:
        x = x * scale[:, None].to(x.dtype)
    even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)  # each n heads e/2
    cos, sin = turn.cos[:, None].to(x.dtype), turn.sin[:, None].to(x.dtype)
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)
