from pathlib import Path

import torch

from hanazora.core.shapes import LatentShape
from hanazora.media.pictures import read_png_size
from hanazora.pipelines.model_directory import load_model
from hanazora.train.loop import train
from hanazora.train.samples import FRAMES_SHOWN, SAMPLE_SHAPE, sample_video, write_samples
from hanazora.train.state import TrainConfig
from hanazora.world.frames_of_speech import SHOWCASE_TEXTS


def test_one_row_of_frames_for_each_showcase_prompt(tiny_run: TrainConfig, tmp_path: Path) -> None:
    train(tiny_run, tmp_path / "run")
    model = load_model(tmp_path / "run")
    video = sample_video(model, "toys", LatentShape(2, 4, 6), seed=1)
    assert video.shape == (1, 3, 5, 64, 96) and bool((video.abs() <= 1).all())
    assert not torch.equal(video, sample_video(model, "toys", LatentShape(2, 4, 6), seed=2))
    write_samples(model, tmp_path / "samples" / "sheet.png")
    width, height = read_png_size(tmp_path / "samples" / "sheet.png")
    assert width == len(FRAMES_SHOWN) * SAMPLE_SHAPE.width * 16
    assert height == len(SHOWCASE_TEXTS) * SAMPLE_SHAPE.height * 16
