"""Drawing from tables with a seed, the same on every machine and Python version.

Only `random.Random.random()` is used: the one method whose sequence Python promises to keep.
"""

import random
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Item = TypeVar("Item")


def generator(seed: int, purpose: str) -> random.Random:
    """Return a random generator of its own for every (seed, purpose)."""
    return random.Random(seed * 4294967311 + zlib.crc32(purpose.encode()))


def pick(rng: random.Random, items: Sequence[Item]) -> Item:
    """Draw one of the items, each equally likely."""
    return items[int(rng.random() * len(items))]


class Weighted(Generic[Item]):
    """Items with weights, prepared for fast draws."""

    def __init__(self, weights: Mapping[Item, int | float]) -> None:
        kept = {item: weight for item, weight in weights.items() if weight > 0}
        if not kept:
            raise ValueError("a weighted table needs at least one item of positive weight")
        self.items = tuple(kept)
        self._sums = list(accumulate(kept.values()))

    def draw(self, rng: random.Random) -> Item:
        """Draw one item with a probability in proportion to its weight."""
        return self.items[bisect_right(self._sums, rng.random() * self._sums[-1])]


def shuffled(rng: random.Random, items: Sequence[Item]) -> list[Item]:
    """Return the items in a random order (Fisher-Yates)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order
