import json
import math

import numpy as np
import pytest

from hanazora.core.config import to_dict
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.detect.classifier import (
    CLASSIFIER_PATH,
    FORMAT,
    OwnClassifier,
    autoencoder_sha256,
    load_classifier,
    read_classifier,
)
from hanazora.pipelines.detect.features import FEATURE_NAMES


def features(first):
    row = np.zeros(len(FEATURE_NAMES))
    row[0] = first
    return row


def test_a_score_becomes_a_ratio_with_an_interval_and_a_p_value(data):
    found = OwnClassifier(data).classify(features(2.0))
    assert found.score == 4.0 and found.above_threshold
    assert found.likelihood_ratio == pytest.approx(math.exp(4.0))
    margin = 1.96 * math.sqrt(0.01 * 16 + 0.01)
    assert found.low == pytest.approx(math.exp(4.0 - margin))
    assert found.high == pytest.approx(math.exp(4.0 + margin))
    assert found.p_value == 0.01  # never 0: 99 clips cannot show less than 1 in 100


def test_a_low_score_is_no_evidence(data):
    found = OwnClassifier(data).classify(features(-2.0))
    assert found.p_value == 1.0 and not found.above_threshold
    assert found.likelihood_ratio < 1 < 1 / found.high
    extreme = OwnClassifier(data).classify(features(1e9))
    assert extreme.likelihood_ratio == pytest.approx(math.exp(8.0))  # cut off at the limit


def test_what_is_far_from_calibration_is_not_judged(data):
    assert OwnClassifier(data).classify(features(0.5)).applicable
    assert not OwnClassifier(data).classify(np.full(len(FEATURE_NAMES), 3.0)).applicable


def test_frames_are_judged_through_the_autoencoder(classifier, data, clip):
    assert classifier.judge(clip(9, 96, 80)) == classifier.judge(clip(9, 96, 80))
    assert classifier.judge(clip(3, 96, 80)) is None
    with pytest.raises(ValueError, match="without its autoencoder"):
        OwnClassifier(data).judge(clip(9, 96, 80))


def test_a_file_is_checked(tmp_path, data):
    path = tmp_path / "classifier.json"
    content = {"format": FORMAT, **to_dict(data)}
    path.write_text(json.dumps(content))
    assert read_classifier(path) == data
    with pytest.raises(UserError, match="knows autoencoder abababababab"):
        load_classifier(path)
    path.write_text(json.dumps({**content, "feature_names": ["one"]}))
    with pytest.raises(UserError, match="another version"):
        read_classifier(path)
    path.write_text("{}")
    with pytest.raises(UserError, match="not a classifier"):
        read_classifier(path)
    with pytest.raises(UserError, match="cannot read"):
        read_classifier(tmp_path / "nowhere.json")
    with pytest.raises(UserError, match="cannot read"):
        autoencoder_sha256(tmp_path)


def test_the_shipped_classifier_is_whole_and_says_its_rates():
    shipped = read_classifier(CLASSIFIER_PATH)
    assert len(shipped.references) >= 20
    assert shipped.measured["false_positives"].num_clips > 0
    assert len(autoencoder_sha256(bundled_model_dir() / "autoencoder")) == 64
