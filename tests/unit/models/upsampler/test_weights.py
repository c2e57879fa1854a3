from pathlib import Path

import pytest
import torch

from hanazora.core.errors import ModelError
from hanazora.models.upsampler.model import UpsamplerConfig, VideoUpsampler
from hanazora.models.upsampler.weights import load_upsampler, read_upsampler_config, save_upsampler
from hanazora.pipelines.enlarging import find_upsampler


def test_an_upsampler_comes_back_in_bf16_precision(tmp_path: Path) -> None:
    torch.manual_seed(0)
    upsampler = VideoUpsampler(UpsamplerConfig(width=8, num_blocks=1))
    save_upsampler(upsampler, tmp_path)
    loaded, sha256 = load_upsampler(tmp_path)
    assert loaded.config == upsampler.config and len(sha256) == 64
    for name, value in upsampler.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], value, rtol=0.01, atol=1e-3)


def test_the_bundled_one_loads_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert load_upsampler(find_upsampler(None))[0].config == UpsamplerConfig()
    assert read_upsampler_config(find_upsampler(None)) == UpsamplerConfig()
    with pytest.raises(ModelError, match="nowhere"):
        load_upsampler(tmp_path / "nowhere")
