"""A small autoencoder whose every path carries signal."""

import pytest
import torch

from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder


@pytest.fixture
def tiny_autoencoder():
    torch.manual_seed(0)
    config = AutoencoderConfig(
        latent_channels=6,
        encoder_widths=(8, 8),
        encoder_blocks=(1, 1),
        decoder_widths=(8, 8, 8),
        decoder_blocks=(1, 1, 1),
    )
    autoencoder = VideoAutoencoder(config)
    for parameter in autoencoder.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    autoencoder.latents_mean.normal_()
    autoencoder.latents_std.uniform_(0.5, 2.0)
    return autoencoder.eval().requires_grad_(False)
