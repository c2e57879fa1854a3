import itertools
import math

import pytest

from hanazora.provenance.watermark.evidence import p_value, search_cost, window_cost


def test_the_bound_holds_for_every_sum_of_twelve_signs():
    weights = [5, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1]
    length = math.sqrt(sum(weight * weight for weight in weights))
    sums = [
        sum(w * s for w, s in zip(weights, signs, strict=True)) / length
        for signs in itertools.product((-1, 1), repeat=len(weights))
    ]
    for score in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0):
        share = sum(value >= score for value in sums) / len(sums)
        assert share <= p_value(score, 1)


def test_everything_that_was_tried_is_paid_for():
    assert p_value(7.0, 1000) == pytest.approx(1000 * p_value(7.0, 1))
    assert p_value(0.0, 1) == 1.0
    assert p_value(100.0, 1) == 1e-300


def test_the_constant_is_the_one_of_the_theorem():
    assert p_value(math.sqrt(2), 1) == pytest.approx(0.25)


def test_stopping_at_the_first_success_is_paid_for():
    steps = [8 * n for n in range(1, 200_000)]
    spent = sum(8 / search_cost(step) for step in steps)  # eight new scores at each look
    assert spent < 0.5
    assert sum(1 / window_cost(window) for window in range(1, 10_000)) <= 1
