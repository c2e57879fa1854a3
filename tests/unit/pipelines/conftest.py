"""A whole model at the smallest size, with weights from one seed."""

import pytest
import torch

from hanazora.core.paths import bundled_model_dir
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig
from hanazora.models.text.tokenizer import Tokenizer
from hanazora.models.transformer.model import VideoTransformer, VideoTransformerConfig
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.sampler import SamplerConfig


@pytest.fixture
def tiny_model() -> Model:
    """Random weights: the pictures are noise, the path to them is the real one."""
    torch.manual_seed(0)
    transformer = VideoTransformer(
        VideoTransformerConfig(
            hidden_size=32, num_layers=2, num_heads=2, mlp_size=48, text_dim=16, freq_dim=16
        )
    )
    autoencoder = VideoAutoencoder(
        AutoencoderConfig(
            encoder_widths=(16, 16),
            encoder_blocks=(1, 0),
            decoder_widths=(16, 16, 16),
            decoder_blocks=(1, 1, 0),
        )
    )
    text_encoder = TextEncoder(TextEncoderConfig(hidden_size=16, num_layers=1, num_heads=2))
    return Model(
        transformer.requires_grad_(False).eval(),
        autoencoder.requires_grad_(False).eval(),
        text_encoder.requires_grad_(False).eval(),
        Tokenizer.load(bundled_model_dir() / "tokenizer" / "tokenizer.json"),
        SamplerConfig(num_inference_steps=2, guidance_scale=2.0),
    )
