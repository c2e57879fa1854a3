import numpy as np
import torch

from hanazora.safety.frames.network import CELL_PX, LABELS
from hanazora.train.frame_classifier.crops import SIDE, SIGNS, UNNAMED, CropMaker
from hanazora.train.frame_classifier.dataset import FIGURE, PictureSet
from hanazora.train.frame_classifier.emblems import HATEFUL

GRID = SIDE // CELL_PX
NUDITY, WEAPON = LABELS.index("nudity"), LABELS.index("weapon")


def grey_set(families):
    """Grey pictures; in harmful ones a bright square is what has the label."""
    count = len(families)
    pictures = np.full((count, 160, 256, 3), 90, np.uint8)
    marks = np.zeros((count, 160, 256), np.uint8)
    for row, family in enumerate(families):
        if family in ("bare", "weapon"):
            bit = NUDITY if family == "bare" else WEAPON
            pictures[row, 40:110, 90:160] = 230
            marks[row, 40:110, 90:160] = 1 << bit | 1 << FIGURE
    labels = np.zeros((count, len(LABELS)), np.float32)
    return PictureSet(pictures, labels, families, marks)


def maker(*families):
    return CropMaker([grey_set([*families])], seed=0, num_tiles=3)


def test_cells_with_the_harm_are_wanted_and_the_others_are_not():
    crops = maker("bare").draw(40, np.random.default_rng(0))
    assert crops.pictures.shape == (40, 3, SIDE, SIDE)
    assert crops.wanted.shape == crops.asked.shape == (40, len(LABELS), GRID, GRID)
    assert 0 <= crops.pictures.min() <= crops.pictures.max() <= 1
    bright = torch.nn.functional.avg_pool2d(crops.pictures.mean(dim=1), CELL_PX)
    untouched = crops.wanted[:, [0, 1, 3]].sum(dim=(1, 2, 3)) == 0
    wanted = (crops.wanted[:, NUDITY] > 0) & untouched[:, None, None]
    assert wanted.sum() > 500
    assert bright[wanted].mean() > 0.8
    assert crops.wanted[:, WEAPON].sum() == 0


def test_what_is_half_covered_is_not_asked():
    crops = maker("bare").draw(20, np.random.default_rng(1))
    assert (crops.asked < 1).any()
    assert (crops.asked[crops.wanted > 0] == 1).all()


def test_emblems_and_blood_are_laid_on_harmless_places():
    crops = maker("world").draw(80, np.random.default_rng(2))
    has = crops.wanted.amax(dim=(2, 3)).sum(dim=0)
    seen = dict(zip(LABELS, has.tolist(), strict=True))
    assert seen["emblem"] > 5
    assert seen["gore"] > 2
    assert seen["weapon"] == seen["nudity"] == 0


def test_the_middle_of_a_sign_is_named():
    crops = maker("world").draw(60, np.random.default_rng(3))
    assert crops.names.shape == (60, GRID, GRID)
    hateful = (crops.names != UNNAMED) & (crops.names < len(HATEFUL))
    assert (crops.names >= len(HATEFUL)).any() and crops.names.max() < len(SIGNS)
    assert (hateful == (crops.wanted[:, LABELS.index("emblem")] > 0)).all()


def test_the_same_draw_is_the_same_batch():
    first, second = (maker("bare", "world").draw(6, np.random.default_rng(5)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        torch.testing.assert_close(one, other)
