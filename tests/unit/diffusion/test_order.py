import pytest

from hanazora.diffusion.noise import noise_generator
from hanazora.diffusion.order import OrderConfig, order_chunks, sample_order


def test_named_orders() -> None:
    generator = noise_generator(0)
    assert order_chunks("forward", 4, generator) == [0, 1, 2, 3]
    assert order_chunks("backward", 4, generator) == [3, 2, 1, 0]
    assert order_chunks("ends_first", 4, generator) == [0, 3, 1, 2]
    assert order_chunks("ends_first", 1, generator) == [0]
    assert sorted(order_chunks("random", 4, generator)) == [0, 1, 2, 3]


def test_every_draw_is_a_permutation_and_shares_are_kept() -> None:
    generator = noise_generator(1)
    draws = [sample_order(5, OrderConfig(), generator) for _ in range(1000)]
    assert all(sorted(draw) == list(range(5)) for draw in draws)
    assert 550 < sum(draw == [0, 1, 2, 3, 4] for draw in draws) < 660


def test_shares_must_add_up() -> None:
    with pytest.raises(ValueError, match="add up to 1.4"):
        OrderConfig(forward=1.0)
