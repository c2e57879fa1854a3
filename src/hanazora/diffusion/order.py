"""Generation orders: the permutations of a clip's chunks that training draws (DESIGN section 1)."""

from dataclasses import dataclass
from typing import Literal

import torch

OrderKind = Literal["forward", "backward", "ends_first", "random"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderConfig:
    """How often each generation order is drawn; the shares add up to 1."""

    forward: float = 0.6
    """0, 1, 2, ...: text to video, image to video, extend forward."""
    backward: float = 0.15
    """Last to first: extend backward."""
    ends_first: float = 0.15
    """First, last, then the middle: connect, loop, key chunks."""
    random: float = 0.1
    """Any permutation."""

    def __post_init__(self) -> None:
        total = self.forward + self.backward + self.ends_first + self.random
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the shares of generation orders add up to {total}; they must make 1")


def order_chunks(kind: OrderKind, num_chunks: int, generator: torch.Generator) -> list[int]:
    """Return the chunk indices in the order they are generated."""
    forward = list(range(num_chunks))
    match kind:
        case "forward":
            return forward
        case "backward":
            return forward[::-1]
        case "ends_first":
            return [*forward[:1], *forward[-1:], *forward[1:-1]] if num_chunks > 1 else forward
        case "random":
            return torch.randperm(num_chunks, generator=generator).tolist()


def sample_order(num_chunks: int, config: OrderConfig, generator: torch.Generator) -> list[int]:
    """Draw a generation order."""
    draw = float(torch.rand((), generator=generator))
    kinds: list[tuple[OrderKind, float]] = [
        ("forward", config.forward),
        ("backward", config.backward),
        ("ends_first", config.ends_first),
        ("random", config.random),
    ]
    for kind, share in kinds:
        draw -= share
        if draw < 0:
            return order_chunks(kind, num_chunks, generator)
    return order_chunks("random", num_chunks, generator)
