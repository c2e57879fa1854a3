"""A tiny world of clips that are encoded already, so that training tests need no renderer."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.data.latent_pool import LatentPoolWriter
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.layers.weights import save_part
from hanazora.recipes import tiny_cpu
from hanazora.train.state import TrainConfig

TINY_AUTOENCODER = AutoencoderConfig(
    encoder_widths=(16, 16),
    encoder_blocks=(1, 0),
    decoder_widths=(16, 16, 16),
    decoder_blocks=(0, 1, 1),
)


@pytest.fixture
def tiny_run(tmp_path: Path) -> TrainConfig:
    """The tiny recipe on a pool of six encoded clips of four sizes."""
    torch.manual_seed(0)
    autoencoder = VideoAutoencoder(TINY_AUTOENCODER)
    save_part(autoencoder, TINY_AUTOENCODER, tmp_path / "autoencoder")
    writer = LatentPoolWriter(tmp_path / "pool" / "latents", 48)
    for size in ((1, 4, 6), (2, 4, 6), (2, 6, 4), (3, 4, 4), (1, 4, 4), (3, 4, 6)):
        writer.append(torch.randn(48, *size), [f"a clip of {size[0]} latent frames", "toys"])
    writer.close()
    config = tiny_cpu()
    pool = replace(
        config.pool,
        directory=str(tmp_path / "pool"),
        autoencoder_dir=str(tmp_path / "autoencoder"),
    )
    return replace(config, pool=pool, steps=20, checkpoint_every=10)
