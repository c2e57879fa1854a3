from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.core.errors import NonFiniteError, UserError
from hanazora.models.upsampler.model import UpsamplerConfig, VideoUpsampler
from hanazora.models.upsampler.weights import save_upsampler
from hanazora.parallel.device import pick_device
from hanazora.pipelines.enlarging import Enlarger, find_upsampler
from hanazora.pipelines.request import GenerateRequest, Size

DEVICE = pick_device("cpu", "fp32")


@pytest.fixture
def upsampler_dir(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    upsampler = VideoUpsampler(UpsamplerConfig(width=8, num_blocks=1))
    torch.nn.init.normal_(upsampler.head.weight, std=0.02)
    save_upsampler(upsampler, tmp_path / "upsampler")
    return tmp_path / "upsampler"


def test_frames_come_out_at_exactly_the_size_asked_for(upsampler_dir: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (5, 9, 13, 3), np.uint8)
    enlarger = Enlarger(upsampler_dir, DEVICE)
    pieces = list(enlarger.enlarge([frames[:2], frames[2:]], 34, 50))
    assert [piece.shape for piece in pieces] == [(1, 34, 50, 3)] * 5
    assert len(enlarger.sha256) == 64
    whole = np.concatenate(list(enlarger.enlarge([frames], 34, 50)))
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_model_may_bring_its_own_upsampler(upsampler_dir: Path, tmp_path: Path) -> None:
    assert find_upsampler(upsampler_dir.parent) == upsampler_dir
    assert find_upsampler(None) == find_upsampler(tmp_path / "other")


def test_a_broken_upsampler_makes_no_frame(upsampler_dir: Path) -> None:
    enlarger = Enlarger(upsampler_dir, DEVICE)
    _ = enlarger.sha256
    torch.nn.init.constant_(enlarger._load()[0].head.bias, float("nan"))
    with pytest.raises(NonFiniteError, match="upsampler"):
        next(enlarger.enlarge([np.zeros((1, 4, 4, 3), np.uint8)], 16, 16))


def test_an_hd_request_is_made_small() -> None:
    request = GenerateRequest(prompt="x", width=1280, height=720, hd=True)
    assert request.made_size == Size(320, 180) and request.shape[1:] == (720, 1280)
    assert replace(request, hd=False).made_size == Size(1280, 720)
    with pytest.raises(UserError, match="made at 10x"):
        replace(request, width=40)
