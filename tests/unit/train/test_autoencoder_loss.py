import pytest
import torch

from hanazora.models.autoencoder.model import video_to_patches
from hanazora.train.autoencoder_loss import (
    AutoencoderLossConfig,
    autoencoder_loss,
    edge_distance,
)

LATENTS = torch.full((2, 2, 1, 1, 4), 3.0)
PLAIN = AutoencoderLossConfig(
    edge_weight=0.0, square_weight=0.0, latent_weight=0.0, first_weight=1.0
)


def _patches(value=0.0):
    return torch.full((2, 2, 4, 4, 192), value)


def test_terms_are_absolute_square_and_latent_mean():
    loss, square = autoencoder_loss(PLAIN, _patches(0.5), _patches(), LATENTS)
    assert loss.item() == pytest.approx(0.5) and square.item() == pytest.approx(0.25)
    config = AutoencoderLossConfig(edge_weight=1.0, square_weight=2.0, latent_weight=0.1)
    loss, _ = autoencoder_loss(config, _patches(0.5), _patches(), LATENTS)
    assert loss.item() == pytest.approx(0.5 + 2 * 0.25 + 0.1 * 9)


def test_first_group_weighs_less():
    decoded = _patches()
    decoded[:, 0] = 0.5
    config = AutoencoderLossConfig(
        edge_weight=0.0, square_weight=0.0, latent_weight=0.0, first_weight=0.25
    )
    loss, square = autoencoder_loss(config, decoded, _patches(), LATENTS)
    assert loss.item() == pytest.approx(0.5 * 0.25 / 1.25)
    assert square.item() == pytest.approx(0.125)  # the report is not weighted


def test_edges_of_the_error_count_and_a_flat_error_has_none():
    video = torch.zeros(1, 3, 4, 8, 8)
    assert edge_distance(video_to_patches(video + 0.3)).item() == 0
    video[..., 2::4] = 1.0  # one column of each patch: two of its three differences are 1
    assert edge_distance(video_to_patches(video)).item() == pytest.approx(0.5 * 2 / 3)


def test_bf16_inputs_give_an_fp32_loss():
    loss, square = autoencoder_loss(
        AutoencoderLossConfig(),
        _patches(0.5).bfloat16().requires_grad_(),
        _patches().bfloat16(),
        LATENTS.bfloat16(),
    )
    assert loss.dtype == square.dtype == torch.float32 and loss.requires_grad
