import torch

from hanazora.models.transformer.cache import KeyValueCache


def _entry(value: float) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(torch.full((1, 1, 2, 4), value), torch.full((1, 1, 2, 4), -value)) for _ in range(3)]


def test_entries_are_joined_in_the_order_they_came() -> None:
    cache = KeyValueCache(3)
    assert cache.layer(0) is None
    cache.append(_entry(1.0))
    cache.append(_entry(2.0))
    joined = cache.layer(2)
    assert joined is not None
    assert joined[0][0, 0, :, 0].tolist() == [1, 1, 2, 2]
    assert joined[1][0, 0, :, 0].tolist() == [-1, -1, -2, -2]
    assert (len(cache), cache.num_tokens) == (2, 4)


def test_entries_leave_from_the_end() -> None:
    cache = KeyValueCache(3)
    for value in (1.0, 2.0, 3.0):
        cache.append(_entry(value))
    assert cache.layer(1) is not None
    cache.truncate(1)
    cache.append(_entry(9.0))
    joined = cache.layer(1)
    assert joined is not None and joined[0][0, 0, ::2, 0].tolist() == [1, 9]
    cache.truncate(5)
    assert len(cache) == 2
    cache.truncate(0)
    assert cache.layer(1) is None and cache.num_tokens == 0
