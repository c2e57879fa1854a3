import numpy as np
import pytest

from hanazora.core.errors import ModelError
from hanazora.safety.frames.classifier import CATEGORY_OF, WEIGHTS, ClassifierModerator
from hanazora.safety.frames.network import LABELS, load_classifier


def test_the_shipped_network_is_small():
    assert WEIGHTS.stat().st_size <= 1_200_000
    assert sum(value.numel() for value in load_classifier(WEIGHTS).parameters()) <= 600_000


def test_every_label_has_a_category():
    assert set(CATEGORY_OF) == set(LABELS)
    assert set(CATEGORY_OF.values()) <= set(ClassifierModerator.categories)


def test_plain_pictures_and_noise_of_any_size_are_harmless():
    rng = np.random.default_rng(0)
    moderator = ClassifierModerator()
    for height, width in [(16, 16), (192, 320), (320, 192), (37, 211)]:
        noise = rng.integers(0, 255, (2, height, width, 3)).astype(np.uint8)
        red = np.zeros((1, height, width, 3), np.uint8) + np.array([200, 30, 30], np.uint8)
        for scores in moderator.judge(np.concatenate([noise, red])):
            assert max(scores.values()) < 0.5, (height, width, scores)


def test_answers_do_not_depend_on_the_batch():
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 255, (11, 48, 64, 3)).astype(np.uint8)
    together = ClassifierModerator().judge(pictures)
    apart = [ClassifierModerator().judge(picture[None])[0] for picture in pictures]
    for first, second in zip(together, apart, strict=True):
        assert first == pytest.approx(second, abs=1e-4)


def test_damaged_weights_are_an_error(tmp_path):
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:1000])
    with pytest.raises(ModelError):
        ClassifierModerator(path).judge(np.zeros((1, 32, 32, 3), np.uint8))
