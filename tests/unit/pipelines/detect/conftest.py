"""A small classifier and clips for the tests of the detector."""

import numpy as np
import pytest
import torch

from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.pipelines.detect.classifier import ClassifierData, Measured, OwnClassifier
from hanazora.pipelines.detect.features import FEATURE_NAMES


@pytest.fixture
def autoencoder():
    torch.manual_seed(0)
    config = AutoencoderConfig(
        encoder_widths=(16, 16), encoder_blocks=(1, 0),
        decoder_widths=(16, 16, 16), decoder_blocks=(1, 1, 0),
    )  # fmt: skip
    return VideoAutoencoder(config).eval().requires_grad_(False)


@pytest.fixture
def data():
    """A classifier that looks at the first feature only."""
    count = len(FEATURE_NAMES)
    figure = Measured(value=0.01, low=0.0, high=0.03, num_clips=100)
    names = ("false_positives", "found_clean", "found_crf34")
    return ClassifierData(
        autoencoder_sha256="ab" * 32, feature_names=FEATURE_NAMES,
        mean=(0.0,) * count, scale=(1.0,) * count, limit=4.0,
        weights=(2.0,) + (0.0,) * (count - 1), bias=0.0,
        slope=1.0, offset=0.0, covariance=(0.01, 0.01, 0.0), threshold=3.0,
        null_scores=tuple(float(score) for score in np.linspace(-4, 2.9, 99)),
        references=((0.0,) * count,) * 3, reach=1.0,
        measured={name: figure for name in names},
    )  # fmt: skip


@pytest.fixture
def classifier(data, autoencoder):
    return OwnClassifier(data, autoencoder)
