import pytest

from hanazora.world.draw import Weighted, generator, pick, shuffled


def test_generator_repeats_for_the_same_purpose_and_differs_for_another():
    first = [generator(3, "a").random() for _ in range(2)]
    assert first[0] == first[1]
    assert generator(3, "b").random() != first[0]
    assert generator(4, "a").random() != first[0]


def test_generator_values_never_change():
    assert generator(1, "train").random() == pytest.approx(0.9831194815163797, abs=1e-12)


def test_weighted_draws_in_proportion_and_never_weight_zero():
    table = Weighted({"a": 3.0, "b": 1.0, "c": 0.0})
    rng = generator(0, "test")
    drawn = [table.draw(rng) for _ in range(4000)]
    assert drawn.count("c") == 0
    assert 0.72 < drawn.count("a") / len(drawn) < 0.78


def test_weighted_refuses_an_empty_table():
    with pytest.raises(ValueError, match="positive weight"):
        Weighted({"a": 0.0})


def test_pick_and_shuffled_reach_every_item():
    rng = generator(0, "test")
    assert {pick(rng, (1, 2, 3)) for _ in range(100)} == {1, 2, 3}
    order = shuffled(rng, range(20))
    assert sorted(order) == list(range(20))
    assert order != list(range(20))
