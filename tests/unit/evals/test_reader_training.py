import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.core.metrics import read_metrics
from hanazora.evals.reader_data import make_sample, stack_samples
from hanazora.evals.reader_training import (
    ReaderTrainConfig,
    best_threshold,
    reader_losses,
    train_reader,
)
from hanazora.evals.scene_reader import ReaderInput, SceneReaderConfig, load_reader


@pytest.fixture
def clips(pixels, facts):
    generator = torch.Generator().manual_seed(0)
    return stack_samples([make_sample(pixels(), facts, generator) for _ in range(3)])


@pytest.fixture
def config(tmp_path):
    return ReaderTrainConfig(
        run_dir=tmp_path, steps=12, clips_per_step=2, looks_per_clip=2, pictures_per_step=2,
        num_validation=1, log_every=2,
        reader=SceneReaderConfig(widths=(8, 8, 12, 12), motion_width=12),
    )  # fmt: skip


def test_training_learns_and_leaves_a_reader(config, clips, pixels, facts):
    still = stack_samples([make_sample(pixels(1), facts, torch.Generator())])
    reader = train_reader(config, clips, still)
    rows = list(read_metrics(config.run_dir / "metrics.jsonl"))
    assert rows[-1]["step"] == 12
    assert rows[-1]["setting"] < rows[0]["setting"]
    assert rows[-1]["there"] < rows[0]["there"]
    loaded, _ = load_reader(config.run_dir / "reader")
    assert loaded.config == reader.config


def test_too_few_clips_are_refused(config, clips):
    for part in (None, clips.__class__(clips.looks[:1], clips.motion[:1], clips.answers)):
        with pytest.raises(UserError, match="too few clips"):
            train_reader(config, part, None)


def test_a_run_has_one_bound(tmp_path):
    with pytest.raises(UserError, match="exactly one"):
        ReaderTrainConfig(run_dir=tmp_path)


def test_the_loss_of_unsure_cells_is_nothing(reader, clips):
    given = ReaderInput(clips.looks[:, :1], clips.motion[:, 0].float())
    answers = clips.answers._replace(
        kind=clips.answers.kind[:, :1], colour=clips.answers.colour[:, :1],
        share=clips.answers.share[:, :1],
    )  # fmt: skip
    output = reader(given)
    first = reader_losses(output, answers)
    assert {"there", "kind", "colour", "setting", "camera", "direction"} <= set(first)
    shouting = output.there.clone()
    shouting[answers.kind == -2] = 30.0
    second = reader_losses(output._replace(there=shouting), answers)
    assert second["there"] == first["there"]
    assert "camera" not in reader_losses(output._replace(direction=None), answers)


def test_the_threshold_with_the_best_f1_is_found():
    scores = torch.tensor([[0.1, 0.6, 0.7], [0.2, 0.55, 0.3]])
    truth = torch.tensor([[False, True, True], [False, True, False]])
    found = best_threshold(scores, truth)
    assert found.f1 == 1.0
    assert 0.3 <= found.threshold < 0.55
