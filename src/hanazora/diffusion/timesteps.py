"""How noise levels are drawn in training, and which ones a sampler visits."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestepConfig:
    """Noise levels of a step: independent for every chunk (diffusion forcing, Chen 2024)."""

    flow_shift: float = 3.0
    """Pushes levels towards noise; larger for more tokens (SD3, Esser et al., 2024, eq. 23)."""
    logit_std: float = 1.0
    """Spread of the logit-normal draw."""
    uniform_share: float = 0.1
    """Share of levels drawn evenly instead, so that both ends are seen."""
    context_share: float = 0.6
    """Share of documents in which some chunks are clean context."""
    clean_share: float = 0.6
    """In those documents, probability that a chunk before the last is context."""
    context_sigma: float = 0.1
    """Half of the context is exactly clean, the rest lightly noised up to this level."""


def shift_sigma(sigma: Float[Tensor, "*n"], flow_shift: float) -> Float[Tensor, "*n"]:
    """Move noise levels towards 1; 0 and 1 stay where they are."""
    return flow_shift * sigma / (1 + (flow_shift - 1) * sigma)


def sample_sigma(
    count: int, config: TimestepConfig, generator: torch.Generator
) -> Float[Tensor, " c"]:
    """Draw training noise levels, logit-normal with a uniform share, then shifted."""
    normal = torch.sigmoid(config.logit_std * torch.randn(count, generator=generator))
    even = torch.rand(count, generator=generator)
    use_even = torch.rand(count, generator=generator) < config.uniform_share
    return shift_sigma(torch.where(use_even, even, normal), config.flow_shift)


def sample_document_sigma(
    num_chunks: int, config: TimestepConfig, generator: torch.Generator
) -> tuple[Float[Tensor, " c"], Bool[Tensor, " c"]]:
    """Draw the noise level of each chunk of one document, in generation order.

    The last chunk is never context: nobody would learn from it.

    Returns:
        The levels, and which chunks are made (carry loss) rather than given.
    """
    sigma = sample_sigma(num_chunks, config, generator)
    given = torch.rand(num_chunks, generator=generator) < config.clean_share
    given &= bool(torch.rand((), generator=generator) < config.context_share)
    given[-1] = False
    light = config.context_sigma * torch.rand(num_chunks, generator=generator)
    light = torch.where(torch.rand(num_chunks, generator=generator) < 0.5, 0.0, light)
    return torch.where(given, light, sigma), ~given


def sigma_schedule(
    num_steps: int, flow_shift: float, strength: float = 1.0
) -> Float[Tensor, " steps"]:
    """Return the noise levels that a solver visits, from the start down to 0.

    Args:
        num_steps: steps of a whole run; a start further down takes its share of them, at least one.
        flow_shift: pushes the levels towards noise.
        strength: where to start, as a share of the whole run (SDEdit, Meng et al., 2022).
    """
    taken = max(round(num_steps * strength), 1)
    return shift_sigma(torch.linspace(strength, 0, taken + 1), flow_shift)
