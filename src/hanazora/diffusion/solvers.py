"""Solvers of the flow: each takes a velocity function and the noise levels to visit.

A solver knows nothing of networks: ``velocity(latents, sigma)`` may be any callable. All share one
signature, so a new one is one more function in ``SOLVERS``.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

Velocity = Callable[[Tensor, float], Tensor]
Solver = Callable[[Velocity, Tensor, Tensor], Tensor]


def euler(
    velocity: Velocity, latents: Float[Tensor, "*n"], sigmas: Float[Tensor, " steps"]
) -> Float[Tensor, "*n"]:
    """First-order steps, one evaluation each."""
    levels = sigmas.tolist()
    for sigma, sigma_next in zip(levels, levels[1:], strict=False):
        latents = latents + (sigma_next - sigma) * velocity(latents, sigma)
    return latents


def heun(
    velocity: Velocity, latents: Float[Tensor, "*n"], sigmas: Float[Tensor, " steps"]
) -> Float[Tensor, "*n"]:
    """Second-order steps, two evaluations each; the last is an Euler step (Karras et al., 2022)."""
    levels = sigmas.tolist()
    for sigma, sigma_next in zip(levels, levels[1:], strict=False):
        slope = velocity(latents, sigma)
        ahead = latents + (sigma_next - sigma) * slope
        if sigma_next > 0:
            slope = (slope + velocity(ahead, sigma_next)) / 2
        latents = latents + (sigma_next - sigma) * slope
    return latents


def adams_bashforth(
    velocity: Velocity, latents: Float[Tensor, "*n"], sigmas: Float[Tensor, " steps"]
) -> Float[Tensor, "*n"]:
    """Second-order steps at one evaluation each: the slope is extrapolated from the step before."""
    levels = sigmas.tolist()
    previous: tuple[float, Tensor] | None = None
    for sigma, sigma_next in zip(levels, levels[1:], strict=False):
        slope = velocity(latents, sigma)
        step = sigma_next - sigma
        ahead = slope
        if previous is not None:
            last_step, last_slope = previous
            ahead = slope + (slope - last_slope) * (0.5 * step / last_step)
        latents = latents + step * ahead
        previous = (step, slope)
    return latents


SOLVERS: dict[str, Solver] = {"euler": euler, "heun": heun, "adams_bashforth": adams_bashforth}
