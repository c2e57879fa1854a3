"""Small files of every kind that a verb takes, and a tiny model with a name for its autoencoder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hanazora.core.documents import sha256_file
from hanazora.media.encode import write_video
from hanazora.media.pictures import write_png
from hanazora.parallel.device import pick_device
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.result import keep_latents
from hanazora.pipelines.way_out import Published

MakeClip = Callable[..., Path]


@pytest.fixture
def pipeline(tiny_model: Model) -> TextToVideo:
    tiny_model.weight_hashes["autoencoder"] = "ae"
    return TextToVideo(tiny_model, "tiny", pick_device("cpu", "fp32"))


@pytest.fixture
def foreign_clip(tmp_path: Path, clip: Callable[..., np.ndarray]) -> MakeClip:
    """Return a function that writes somebody's clip."""

    def make(name: str = "clip.mp4", num_frames: int = 7, width: int = 48, fps: int = 8) -> Path:
        path = tmp_path / name
        write_video(path, clip(num_frames, 32, width), fps=fps)
        return path

    return make


@pytest.fixture
def still(tmp_path: Path, clip: Callable[..., np.ndarray]) -> MakeClip:
    """Return a function that writes a picture."""

    def make(name: str = "still.png", width: int = 48) -> Path:
        path = tmp_path / name
        write_png(path, clip(1, 32, width)[0])
        return path

    return make


@pytest.fixture
def own_clip(tmp_path: Path, pipeline: TextToVideo) -> MakeClip:
    """Return a function that writes a video of ours with its latents, past the way out."""

    def make(name: str = "ours.mp4", num_frames: int = 7) -> Path:
        request = GenerateRequest(
            prompt="a red ball", width=48, height=32, num_frames=num_frames, seed=3
        )
        result = pipeline.generate(request)
        path = tmp_path / name
        write_video(path, result.frames, fps=8)
        published = Published(path, path.with_suffix(".json"), sha256_file(path), {}, [])
        assert result.plan is not None
        keep_latents(published, request, result.model, result.plan, result.latents)
        return path

    return make
