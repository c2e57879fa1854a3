"""Classifier-free guidance (Ho and Salimans, 2022)."""

from jaxtyping import Float
from torch import Tensor


def guide(
    conditional: Float[Tensor, "*n"], unconditional: Float[Tensor, "*n"], guidance_scale: float
) -> Float[Tensor, "*n"]:
    """Push the prediction away from the unconditional one; scale 1 is no guidance."""
    return unconditional + guidance_scale * (conditional - unconditional)
