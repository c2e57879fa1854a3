"""Runs of the autoencoder."""

from pathlib import Path

from hanazora.core.paths import bundled_model_dir
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


def petal_decoder() -> AutoencoderTrainConfig:
    """The bundled decoder again, for the latents that a generator makes: 30 minutes on one core.

    A generator's cells never agree exactly, and a decoder that has only seen true latents draws
    every disagreement as an edge, a grid over the picture. The encoder stays as it is, so encoded
    pools and trained transformers stay valid.
    ``hanazora train petal_decoder --set pool_dir=POOL/clips``.
    """
    return AutoencoderTrainConfig(
        run_dir=Path("runs/petal_decoder"),
        pool_dir=Path("pool/clips"),
        init_from=bundled_model_dir() / "autoencoder",
        freeze_encoder=True,
        flow_noise=0.4,
        crops=((9, 128, 128), (17, 96, 128), (1, 192, 256), (5, 128, 192)),
        seconds=1800.0,
        batch_pixels=1_000_000,
        matrix_lr=0.005,
        vector_lr=5e-4,
        ema_decay=0.995,
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
