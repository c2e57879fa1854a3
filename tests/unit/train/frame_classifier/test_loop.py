import json

import numpy as np
import torch

from hanazora.safety.frames.network import LABELS, ClassifierConfig, load_classifier
from hanazora.train.frame_classifier.calibration import read_logits
from hanazora.train.frame_classifier.crops import UNNAMED, Crops
from hanazora.train.frame_classifier.dataset import FIGURE, PictureSet, save_sets
from hanazora.train.frame_classifier.loop import (
    ClassifierTrainConfig,
    losses_of,
    train_classifier,
)

NUDITY = LABELS.index("nudity")


def toy_set(seed, count):
    """Grey noise; every second picture has a blue square, which counts as bare."""
    rng = np.random.default_rng(seed)
    pictures = rng.integers(90, 130, (count, 128, 128, 3)).astype(np.uint8)
    labels = np.zeros((count, len(LABELS)), np.float32)
    marks = np.zeros((count, 128, 128), np.uint8)
    families = ["world"] * count
    for row in range(0, count, 2):
        top, left = rng.integers(10, 60, 2).tolist()
        window = np.s_[row, top : top + 56, left : left + 56]
        pictures[window] = (10, 20, 250)
        marks[window] = 1 << NUDITY | 1 << FIGURE
        labels[row, NUDITY], families[row] = 1, "bare"
    return PictureSet(pictures, labels, families, marks)


def config_for(run, **changes):
    return ClassifierTrainConfig(
        run_dir=run,
        network=ClassifierConfig(channels=(4, 8, 8, 8), dilations=(1,)),
        **{"steps": 24, "batch_size": 8, "num_tiles": 3, "lr": 2e-2, **changes},
    )


def test_a_run_learns_where_the_harm_is(tmp_path):
    save_sets([toy_set(0, 40)], tmp_path / "train")
    save_sets([toy_set(1, 40)], tmp_path / "calibration")
    train_classifier(config_for(tmp_path))
    network = load_classifier(tmp_path / "frame_classifier.safetensors")
    held_out = toy_set(2, 32)
    logits = read_logits(network, held_out.pictures)[:, NUDITY]
    truth = torch.from_numpy(held_out.labels[:, NUDITY]) > 0
    assert logits[truth].mean() > logits[~truth].mean() + 0.5
    assert network.config.recall[NUDITY] > 0.5


def test_a_run_goes_on_from_its_checkpoint(tmp_path):
    save_sets([toy_set(0, 12)], tmp_path / "train")
    save_sets([toy_set(1, 12)], tmp_path / "calibration")
    config = config_for(tmp_path, steps=13, log_every=1, batch_size=4)  # a checkpoint at step 10
    first = train_classifier(config).head.weight
    again = train_classifier(config).head.weight
    torch.testing.assert_close(first, again)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, 14))


def test_a_wrong_peak_costs_even_where_the_cells_are_few():
    wanted = torch.zeros(1, len(LABELS), 4, 4)
    wanted[0, 0, 1, 1] = 1
    unnamed = torch.full((1, 4, 4), UNNAMED)
    crops = Crops(torch.zeros(1, 3, 32, 32), wanted, torch.ones_like(wanted), unnamed)
    right = torch.where(wanted > 0, 5.0, -5.0)
    wrong = right.clone()
    wrong[0, 1, 3, 3] = 5.0
    (cells, pictures), (more_cells, more_pictures) = (
        losses_of(right, crops),
        losses_of(wrong, crops),
    )
    assert cells < 0.01 and pictures < 0.02
    assert more_cells > cells and more_pictures > 1.0
