import numpy as np
import torch

from hanazora.safety.frames.network import LABELS, ClassifierConfig, load_classifier
from hanazora.train.frame_classifier.dataset import PictureSet, save_sets
from hanazora.train.frame_classifier.loop import (
    ClassifierTrainConfig,
    draw_batch,
    read_logits,
    train_classifier,
)


def toy_set(seed, count):
    """Pictures with one bright square where a label holds, of another colour for each label."""
    rng = np.random.default_rng(seed)
    pictures = rng.integers(90, 130, (count, 96, 96, 3)).astype(np.uint8)
    families = ["world"] * count
    labels = np.zeros((count, len(LABELS)), np.float32)
    colours = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
    for row in range(count):
        column = int(rng.integers(len(LABELS) + 1))
        if column < len(LABELS):
            labels[row, column] = 1
            pictures[row, 30:72, 30:72] = colours[column]
            families[row] = "toy"
    return PictureSet(pictures, labels, families)


def test_a_run_learns_calibrates_and_is_the_same_again(tmp_path):
    made = []
    for name in ("one", "two"):
        run = tmp_path / name
        save_sets([toy_set(0, 160)], run / "train")
        config = ClassifierTrainConfig(
            run_dir=run,
            kept_back=0.4,
            network=ClassifierConfig(channels=(8, 8, 8), depths=(1, 1, 1), hidden_size=16),
            steps=24,
            batch_size=12,
            num_patches=4,
            num_tiles=4,
            lr=1e-2,
        )
        train_classifier(config)
        made.append(load_classifier(run / "frame_classifier.safetensors"))
    held_out = toy_set(2, 64)
    logits = read_logits(made[0], held_out.pictures)
    torch.testing.assert_close(logits, read_logits(made[1], held_out.pictures))
    truth = torch.from_numpy(held_out.labels) > 0
    assert logits[truth].mean() > logits[~truth].mean() + 0.5
    config = made[0].config
    for column in range(len(LABELS)):
        harmless = logits[~truth[:, column], column]
        assert (harmless >= config.sure[column]).float().mean() < 0.1


def test_a_batch_has_the_networks_size_and_keeps_labels_with_pictures():
    one = toy_set(0, 32)
    pictures, labels = draw_batch(one, 24, np.random.default_rng(0))
    assert pictures.shape == (24, 3, 160, 160)
    assert 0 <= pictures.min() <= pictures.max() <= 1
    plain = labels.sum(dim=1) == 0
    spread = pictures.flatten(1).std(dim=1)
    assert spread[~plain].min() > spread[plain].max() - 0.05
