"""Runs of the autoencoder."""

from pathlib import Path

from hanazora.models.autoencoder.model import AutoencoderConfig
from hanazora.train.autoencoder_loop import AutoencoderTrainConfig


def petal_autoencoder() -> AutoencoderTrainConfig:
    """The bundled autoencoder: 25 minutes on 2 cores.

    ``hanazora train petal_autoencoder --set pool_dir=POOL/clips``, where POOL is what
    ``python -m hanazora.train.render_pool`` or ``petal_cpu`` rendered.
    """
    return AutoencoderTrainConfig(
        run_dir=Path("runs/petal_autoencoder"), pool_dir=Path("pool/clips"), seconds=1500.0
    )


def tiny_autoencoder() -> AutoencoderTrainConfig:
    """A few steps of a small network, for tests of the path."""
    return AutoencoderTrainConfig(
        run_dir=Path("runs/tiny_autoencoder"),
        pool_dir=Path("pool/clips"),
        autoencoder=AutoencoderConfig(
            encoder_widths=(32, 32),
            encoder_blocks=(1, 1),
            decoder_widths=(32, 32, 32),
            decoder_blocks=(1, 1, 1),
        ),
        steps=20,
        batch_pixels=60_000,
        crops=((5, 64, 64),),
        log_every=5,
    )
