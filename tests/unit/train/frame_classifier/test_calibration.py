import numpy as np
import pytest
import torch

from hanazora.safety.frames.network import LABELS, ClassifierConfig, FrameClassifier
from hanazora.train.frame_classifier.calibration import WINDOWS, calibrate, read_logits
from hanazora.train.frame_classifier.dataset import PictureSet

TINY = ClassifierConfig(channels=(4, 8, 8, 8), dilations=(1,))


@pytest.fixture
def network():
    torch.manual_seed(0)
    return FrameClassifier(TINY).eval().requires_grad_(False)


def noise_set(seed, families):
    rng = np.random.default_rng(seed)
    count = len(families)
    labels = np.zeros((count, len(LABELS)), np.float32)
    for row, family in enumerate(families):
        if family == "weapon":
            labels[row, LABELS.index("weapon")] = 1
    pictures = rng.integers(0, 255, (count, 48, 64, 3)).astype(np.uint8)
    return PictureSet(pictures, labels, families, np.zeros((count, 48, 64), np.uint8))


def test_harmless_pictures_stay_below_what_was_chosen(network):
    kept = noise_set(0, ["world"] * 20 + ["holding"] * 20 + ["weapon"] * 10)
    network.config = calibrate(network, [kept])
    logits = read_logits(network, kept.pictures[:40])
    assert (logits < torch.tensor(network.config.sure)).all()
    assert (logits < torch.tensor(network.config.border)).all()
    assert set(network.config.windows) <= set(WINDOWS)
    assert all(high > low for low, high in zip(network.config.border, network.config.sure,
                                               strict=True))  # fmt: skip


def test_recall_is_the_share_found_at_the_border(network):
    kept = noise_set(1, ["world"] * 10 + ["weapon"] * 40)
    network.config = calibrate(network, [kept])
    column = LABELS.index("weapon")
    found = read_logits(network, kept.pictures[10:])[:, column] >= network.config.border[column]
    assert network.config.recall[column] == pytest.approx(float(found.float().mean()), abs=0.03)


def test_logits_do_not_depend_on_the_batch(network):
    pictures = noise_set(2, ["world"] * 20).pictures
    alone = torch.cat([read_logits(network, one[None]) for one in pictures])
    torch.testing.assert_close(read_logits(network, pictures), alone, rtol=1e-3, atol=1e-4)
