"""Keys and values of finished chunks, so that a chunk costs its own tokens against the cache."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor


class KeyValueCache:
    """Per layer, the rotated keys and the values of every chunk that may still be attended to.

    Memory is bounded: with ``max_chunks`` the first (the sink) and the newest chunks stay and the
    oldest of the others are dropped (attention sinks, Xiao et al., 2023; spec training.md E.1).
    """

    def __init__(self, num_layers: int, max_chunks: int | None = None) -> None:
        if max_chunks is not None and max_chunks < 2:
            raise ValueError(f"max_chunks is {max_chunks}; a cache holds at least 2 chunks")
        self.max_chunks = max_chunks
        self._chunks: list[list[tuple[Tensor, Tensor]]] = [[] for _ in range(num_layers)]
        self._joined: list[tuple[Tensor, Tensor] | None] = [None] * num_layers

    @property
    def num_chunks(self) -> int:
        """Chunks held now."""
        return len(self._chunks[0])

    def layer(
        self, index: int
    ) -> tuple[Float[Tensor, "b heads m e"], Float[Tensor, "b heads m e"]] | None:
        """Return all keys and values of one layer, or None while the cache is empty."""
        if not self._chunks[index]:
            return None
        if self._joined[index] is None:
            keys, values = zip(*self._chunks[index], strict=True)
            self._joined[index] = (torch.cat(keys, dim=2), torch.cat(values, dim=2))
        return self._joined[index]

    def append(self, new: Sequence[tuple[Tensor, Tensor]]) -> None:
        """Add one finished chunk: its keys and values of every layer."""
        for index, pair in enumerate(new):
            chunks = self._chunks[index]
            chunks.append(pair)
            if self.max_chunks is not None and len(chunks) > self.max_chunks:
                del chunks[1]
            self._joined[index] = None
