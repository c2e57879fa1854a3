import pytest
import torch

from hanazora.models.transformer.cache import KeyValueCache


def _chunk(value: float) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(torch.full((1, 1, 2, 4), value), torch.full((1, 1, 2, 4), -value)) for _ in range(3)]


def test_chunks_are_joined_in_the_order_they_came() -> None:
    cache = KeyValueCache(3)
    assert cache.layer(0) is None
    cache.append(_chunk(1.0))
    cache.append(_chunk(2.0))
    joined = cache.layer(2)
    assert joined is not None
    assert joined[0][0, 0, :, 0].tolist() == [1, 1, 2, 2]
    assert joined[1][0, 0, :, 0].tolist() == [-1, -1, -2, -2]


def test_a_bounded_cache_keeps_the_first_chunk_and_the_newest() -> None:
    cache = KeyValueCache(3, max_chunks=3)
    for value in range(1, 7):
        cache.append(_chunk(float(value)))
    joined = cache.layer(0)
    assert joined is not None and cache.num_chunks == 3
    assert joined[0][0, 0, ::2, 0].tolist() == [1, 5, 6]


def test_a_cache_of_one_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        KeyValueCache(3, max_chunks=1)
