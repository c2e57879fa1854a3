import numpy as np

import hanazora.train.frame_classifier.dataset as dataset
from hanazora.safety.frames.network import LABELS
from hanazora.train.autoencoder_data import ClipPool, PoolClip, write_shard
from hanazora.train.frame_classifier.dataset import Counts, load_sets, make_split, save_sets

FEW = Counts(**{name: 2 for name in Counts.__dataclass_fields__})


def test_a_split_has_every_family_with_its_label(monkeypatch, tmp_path):
    monkeypatch.setattr(dataset, "SHAPES", ((32, 48, 1.0),))
    (one,) = make_split("train", FEW)
    assert one.pictures.shape[1:] == (32, 48, 3)
    assert len(one.pictures) == len(one.labels) == len(one.families)
    labels = dict(zip(one.families, one.labels.tolist(), strict=True))
    expected = {"emblem": "emblem", "splash": "gore"}
    for family, row in labels.items():
        if family in expected:
            assert row[LABELS.index(expected[family])] == sum(row) == 1
    assert sum(labels["world"]) == sum(labels["sign"]) == sum(labels["paint"]) == 0
    save_sets([one], tmp_path / "kept")
    (again,) = load_sets(tmp_path / "kept")
    assert np.array_equal(again.pictures, one.pictures)
    assert np.array_equal(again.marks, one.marks)
    assert again.families == one.families


def test_marks_lie_on_the_figures_that_are_harmful(monkeypatch):
    monkeypatch.setattr(dataset, "SHAPES", ((48, 72, 1.0),))
    none = {name: 0 for name in Counts.__dataclass_fields__}
    (one,) = make_split("train", Counts(**{**none, "bare": 4, "dressed": 2, "texture": 1}))
    bit = 1 << LABELS.index("nudity")
    for family, marks in zip(one.families, one.marks, strict=True):
        figures, bare = marks >> dataset.FIGURE > 0, marks & bit > 0
        assert bare.any() == (family == "bare")
        assert figures.any() == (family in ("bare", "dressed"))
        assert (figures | ~bare).all()


def test_training_and_calibration_take_different_clips(tmp_path):
    clips = [
        PoolClip(
            frames=np.full((1, 32, 48, 3), 10 * index, np.uint8), fps=8.0, facts={}, captions=()
        )
        for index in range(10)
    ]
    write_shard(tmp_path, "a", clips)
    pool, rng = ClipPool(tmp_path), np.random.default_rng(0)
    shades = {
        split: {
            int(picture.max()) for picture in dataset.pool_frames(pool, split, rng, 60, (32, 48))
        }
        for split in ("train", "calibration")
    }
    assert shades["train"] == set(range(0, 80, 10))
    assert shades["calibration"] == {80, 90}


def test_counts_are_scaled_but_never_to_nothing():
    scaled = Counts(bare=10, texture=1).scaled(0.25)
    assert scaled.bare == 2
    assert scaled.texture == 1
