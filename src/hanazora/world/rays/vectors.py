"""Three-component vectors as tuples of tensors: every kernel is a flat chain of arithmetic."""

import torch
from torch import Tensor

Vector = tuple[Tensor, Tensor, Tensor]


def dot(a: Vector, b: Vector) -> Tensor:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def normalized(a: Vector) -> Vector:
    """The vector at length 1 (zero stays zero)."""
    scale = torch.rsqrt(dot(a, a).clamp_min(1e-20))
    return a[0] * scale, a[1] * scale, a[2] * scale


def mix(a: Vector, b: Vector, weight: Tensor) -> Vector:
    """Linear blend, 0 gives a."""
    return tuple(p + (q - p) * weight for p, q in zip(a, b, strict=True))  # type: ignore[return-value]


def scaled(a: Vector, factor: Tensor) -> Vector:
    """Every component times factor."""
    return a[0] * factor, a[1] * factor, a[2] * factor


def choose(condition: Tensor, a: Vector, b: Vector) -> Vector:
    """A where the condition holds, else b."""
    return (
        torch.where(condition, a[0], b[0]),
        torch.where(condition, a[1], b[1]),
        torch.where(condition, a[2], b[2]),
    )
