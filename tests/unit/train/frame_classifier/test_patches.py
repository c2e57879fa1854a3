import numpy as np
import torch

from hanazora.safety.frames.network import LABELS
from hanazora.train.frame_classifier.patches import SIDE, PatchMaker

GREY = [np.full((90, 120, 3), 128, np.uint8)]


def maker():
    return PatchMaker(GREY, seed=0, num_tiles=4)


def test_patches_have_at_most_one_label_and_no_other_than_two():
    patches, labels = maker().draw(60, np.random.default_rng(0))
    assert patches.shape == (60, 3, SIDE, SIDE)
    assert 0 <= patches.min() <= patches.max() <= 1
    assert labels.sum(dim=1).max() == 1
    counts = dict(zip(LABELS, labels.sum(dim=0).tolist(), strict=True))
    assert counts["emblem"] > 10
    assert counts["gore"] > 2
    assert counts["weapon"] == counts["nudity"] == 0


def test_what_has_a_label_shows_something():
    patches, labels = maker().draw(60, np.random.default_rng(1))
    plain = (patches - 128 / 255).abs().flatten(1).amax(dim=1) < 1e-5
    assert plain.any()
    assert not labels[plain].any()


def test_the_same_draw_is_the_same_batch():
    first, second = (maker().draw(8, np.random.default_rng(5)) for _ in range(2))
    torch.testing.assert_close(first, second)
