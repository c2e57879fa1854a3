"""A whole model at the smallest size, and a story drawn by hand."""

import numpy as np
import pytest
import torch

from hanazora.core.paths import bundled_model_dir
from hanazora.evals.permanence.cases import Case, Drawing
from hanazora.evals.permanence.scenes import AWAY_FRAMES, GIVEN_FRAMES, RETURN_FRAMES, Told
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig
from hanazora.models.text.tokenizer import Tokenizer
from hanazora.models.transformer.model import VideoTransformer, VideoTransformerConfig
from hanazora.parallel.device import pick_device
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.sampler import SamplerConfig


@pytest.fixture
def model():
    torch.manual_seed(0)
    transformer = VideoTransformer(
        VideoTransformerConfig(
            hidden_size=32, num_layers=2, num_heads=2, mlp_size=48, text_dim=16, freq_dim=16
        )
    )
    autoencoder = VideoAutoencoder(
        AutoencoderConfig(
            encoder_widths=(16, 16), encoder_blocks=(1, 0),
            decoder_widths=(16, 16, 16), decoder_blocks=(1, 1, 0),
        )
    )  # fmt: skip
    text_encoder = TextEncoder(TextEncoderConfig(hidden_size=16, num_layers=1, num_heads=2))
    parts = Model(
        transformer.requires_grad_(False).eval(),
        autoencoder.requires_grad_(False).eval(),
        text_encoder.requires_grad_(False).eval(),
        Tokenizer.load(bundled_model_dir() / "tokenizer" / "tokenizer.json"),
        SamplerConfig(num_inference_steps=1, guidance_scale=2.0),
    )
    return TextToVideo(parts, "tiny", pick_device("cpu", "fp32"))


@pytest.fixture
def case():
    """A red square that goes out to the left and comes back, 32 x 64 pixels."""
    length = GIVEN_FRAMES + AWAY_FRAMES + RETURN_FRAMES
    frames = np.full((length, 32, 64, 3), 120, np.uint8)
    boxes = []
    for time in range(length):
        there = time < 10 or time >= length - 10
        boxes.append((8, 8, 24, 24) if there else None)
        if there:
            frames[time, 8:24, 8:24] = (220, 30, 30)
    told = Told(away="park", back="a man walks to the right")
    drawing = Drawing(frames, tuple(boxes))
    return Case(name="square", kind="man", colour="red", told=told, drawing=drawing)
