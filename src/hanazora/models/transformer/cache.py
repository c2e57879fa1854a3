"""Keys and values of finished chunks, so that a chunk costs its own tokens against the cache."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.models.transformer.block import PromptContext


class KeyValueCache:
    """Per layer, the rotated keys and the values of everything that is looked at, in order.

    What stands later was computed with a view of what stands before, so entries leave from the end
    only: what is kept is then exactly what computing it again would give.
    """

    def __init__(self, num_layers: int) -> None:
        self._entries: list[list[tuple[Tensor, Tensor]]] = [[] for _ in range(num_layers)]
        self._joined: list[tuple[Tensor, Tensor] | None] = [None] * num_layers
        self._prompts: list[tuple[Tensor, PromptContext]] = []

    def __len__(self) -> int:
        return len(self._entries[0])

    @property
    def num_tokens(self) -> int:
        """Tokens held now."""
        return sum(keys.shape[2] for keys, _ in self._entries[0])

    def prompt(
        self, embeds: Float[Tensor, "docs l text"], read: Callable[[], PromptContext]
    ) -> PromptContext:
        """Return what was read of a prompt when its tensor was first seen; it never changes."""
        for known, context in self._prompts:
            if known is embeds:
                return context
        self._prompts.append((embeds, read()))
        return self._prompts[-1][1]

    def layer(
        self, index: int
    ) -> tuple[Float[Tensor, "b heads m e"], Float[Tensor, "b heads m e"]] | None:
        """Return all keys and values of one layer, or None while the cache is empty."""
        if not self._entries[index]:
            return None
        if self._joined[index] is None:
            keys, values = zip(*self._entries[index], strict=True)
            self._joined[index] = (torch.cat(keys, dim=2), torch.cat(values, dim=2))
        return self._joined[index]

    def append(self, new: Sequence[tuple[Tensor, Tensor]]) -> None:
        """Add one entry: its keys and values of every layer."""
        for index, pair in enumerate(new):
            self._entries[index].append(pair)
            self._joined[index] = None

    def truncate(self, length: int) -> None:
        """Keep the first entries only."""
        if length < len(self):
            for entries in self._entries:
                del entries[length:]
            self._joined = [None] * len(self._joined)
