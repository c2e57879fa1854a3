"""RMS and layer normalisation whose statistics are always fp32 (spec field.md 9.2)."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """Root-mean-square norm with a learned gain over the last axis (Zhang and Sennrich, 2019)."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
        """Normalise the last axis; the result keeps the dtype of ``x``."""
        return F.rms_norm(x, x.shape[-1:], self.weight.to(x.dtype), self.eps)

    def scale(self, x: Float[Tensor, "*n d"]) -> Float[Tensor, "*n 1"]:
        """Return the fp32 factor that brings ``x`` to unit root mean square; no gain in it."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        return torch.rsqrt(length.square() / x.shape[-1] + self.eps)


class LayerNorm(nn.Module):
    """Layer norm with an optional gain and bias, in the dtype of its input."""

    def __init__(self, size: int, eps: float, *, affine: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size)) if affine else None
        self.bias = nn.Parameter(torch.zeros(size)) if affine else None
        self.eps = eps

    def forward(self, x: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
        """Normalise the last axis; the result keeps the dtype of ``x``."""
        weight = None if self.weight is None else self.weight.to(x.dtype)
        bias = None if self.bias is None else self.bias.to(x.dtype)
        return F.layer_norm(x, x.shape[-1:], weight, bias, self.eps)
