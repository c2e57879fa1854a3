import numpy as np
import pytest

from hanazora.evals.detector.figures import area_under_curve
from hanazora.evals.detector.fitting import (
    ClipSet,
    FitConfig,
    fit_classifier,
    fit_logistic,
    measured,
    probabilities,
    scores_of,
)
from hanazora.pipelines.detect.classifier import OwnClassifier
from hanazora.pipelines.detect.features import FEATURE_NAMES


def clips(seed, count=120, distance=1.0):
    """Two clouds that overlap a little."""
    draw = np.random.default_rng(seed)
    own = np.arange(count) % 3 == 0
    centre = np.where(own[:, None], distance, 0.0) * np.linspace(0, 1, len(FEATURE_NAMES))
    return ClipSet(centre + draw.normal(0, 1, (count, len(FEATURE_NAMES))), own)


@pytest.fixture(scope="module")
def fitted():
    return fit_classifier(clips(0), clips(1), "ab" * 32)


def test_a_logistic_model_finds_the_odds_of_one_feature():
    draw = np.random.default_rng(0)
    feature = draw.normal(0, 1, 8000)
    own = draw.uniform(0, 1, 8000) < 1 / (1 + np.exp(-2 * feature))
    (weight, bias), covariance = fit_logistic(feature[:, None], own, 0.0)
    assert abs(weight - 2) < 0.15 and abs(bias) < 0.15
    assert 0 < covariance[0, 0] < 0.01
    with pytest.raises(ValueError, match="both classes"):
        fit_logistic(feature[:, None], np.ones(8000, bool), 0.0)


def test_a_fitted_classifier_tells_other_clips_apart(fitted):
    other, classifier = clips(2), OwnClassifier(fitted)
    scores = scores_of(classifier, other)
    assert area_under_curve(scores, other.own)[0] > 0.95
    chances = probabilities(fitted, scores)
    assert chances[other.own].mean() > 0.8 > 0.2 > chances[~other.own].mean()


def test_the_threshold_keeps_the_others_below(fitted):
    found = [OwnClassifier(fitted).classify(row) for row in clips(3, 600).features]
    own = clips(3, 600).own
    wrong = np.mean([one.above_threshold for one, ours in zip(found, own, strict=True) if not ours])
    assert wrong <= 0.03
    assert min(one.p_value for one in found) == pytest.approx(1 / 81)


def test_references_hold_both_classes_and_what_is_far_is_far(fitted):
    assert 60 <= len(fitted.references) <= 120
    classifier = OwnClassifier(fitted)
    near = [classifier.classify(row).applicable for row in clips(4).features]
    assert np.mean(near) > 0.9
    assert not classifier.classify(np.full(len(FEATURE_NAMES), 50.0)).applicable


def test_a_fit_is_the_same_every_time(fitted):
    assert fit_classifier(clips(0), clips(1), "ab" * 32, FitConfig()) == fitted
    assert measured(0.1234567, (0.1, 0.2), 9).value == 0.12346
