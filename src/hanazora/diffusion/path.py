"""The one noise convention (STYLE 3.3): sigma in [0, 1], 0 is data and 1 is noise.

``noisy = (1 - sigma) * latents + sigma * noise``; ``velocity = noise - latents``; one Euler step is
``latents + (sigma_next - sigma) * velocity``. The straight path of rectified flow (Liu et al.,
2022; Lipman et al., 2022). Numbered letters for data and noise are banned: they have three meanings
in the field.
"""

from jaxtyping import Float
from torch import Tensor


def add_noise(
    latents: Float[Tensor, "*n d"], noise: Float[Tensor, "*n d"], sigma: Float[Tensor, "..."]
) -> Float[Tensor, "*n d"]:
    """Blend data and noise: sigma 0 returns the latents, 1 the noise; sigma broadcasts."""
    return (1 - sigma) * latents + sigma * noise


def velocity_target(
    latents: Float[Tensor, "*n d"], noise: Float[Tensor, "*n d"]
) -> Float[Tensor, "*n d"]:
    """The velocity that the transformer learns: from data towards noise."""
    return noise - latents


def predicted_latents(
    noisy: Float[Tensor, "*n d"], velocity: Float[Tensor, "*n d"], sigma: Float[Tensor, "..."]
) -> Float[Tensor, "*n d"]:
    """The data that a velocity at ``noisy`` points back to."""
    return noisy - sigma * velocity


def predicted_noise(
    noisy: Float[Tensor, "*n d"], velocity: Float[Tensor, "*n d"], sigma: Float[Tensor, "..."]
) -> Float[Tensor, "*n d"]:
    """The noise that a velocity at ``noisy`` points forward to."""
    return noisy + (1 - sigma) * velocity
