import numpy as np
import pytest

from hanazora.evals.detector.figures import (
    area_under_curve,
    calibration_error,
    reliability,
    share_interval,
)

OWN = np.array([True, True, False, False])


def test_the_area_is_the_chance_that_ours_scores_higher():
    assert area_under_curve(np.array([3.0, 4.0, 1.0, 2.0]), OWN)[0] == 1.0
    assert area_under_curve(np.array([1.0, 2.0, 3.0, 4.0]), OWN)[0] == 0.0
    assert area_under_curve(np.array([1.0, 3.0, 2.0, 0.0]), OWN)[0] == 0.75
    area, (low, high) = area_under_curve(np.zeros(4), OWN)
    assert area == 0.5 and low < 0.5 < high
    assert (
        area_under_curve(np.array([3.0, 4.0, 1.0, 2.0]), OWN)[1][0] < 0.5
    )  # four clips show little
    with pytest.raises(ValueError, match="both classes"):
        area_under_curve(np.zeros(4), np.ones(4, bool))


def test_an_interval_is_honest_at_the_ends():
    low, high = share_interval(0, 300)
    assert low < 1e-9 and 0.01 < high < 0.013
    low, high = share_interval(50, 100)
    assert low < 0.41 and high > 0.59
    assert share_interval(0, 0) == (0.0, 1.0)


def test_a_calibrated_detector_lies_on_the_diagonal():
    draw = np.random.default_rng(0)
    chances = draw.uniform(0, 1, 20_000)
    own = draw.uniform(0, 1, 20_000) < chances
    assert calibration_error(chances, own) < 0.02
    for point in reliability(chances, own):
        assert abs(point.predicted - point.observed) < 0.06
    assert sum(point.num_clips for point in reliability(chances, own)) == 20_000
    assert calibration_error(np.full(20_000, 0.99), own) > 0.4
