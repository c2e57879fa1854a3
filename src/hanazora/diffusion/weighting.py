"""The loss of one packed step."""

from jaxtyping import Float
from torch import Tensor


def flow_loss(
    prediction: Float[Tensor, "n p"], target: Float[Tensor, "n p"], weight: Float[Tensor, " n"]
) -> Float[Tensor, ""]:
    """Mean squared velocity error over tokens with weight (given chunks and padding have none)."""
    error = (prediction.float() - target.float()).square().mean(-1)
    return (error * weight).sum() / weight.sum().clamp_min(1e-6)
