"""Runs of the upsampler."""

from pathlib import Path

from hanazora.train.upsampler_loop import UpsamplerTrainConfig


def petal_upsampler() -> UpsamplerTrainConfig:
    """The bundled upsampler: 230,000 parameters.

    Render a pool first: ``python -m hanazora.train.render_pool POOL --num-clips 320
    --num-frames "[[3, 1.0]]" --sizes "[[720, 1280, 1.0]]" --first-seed 7000000``, then
    ``hanazora train petal_upsampler --set pool_dir=POOL``.
    """
    return UpsamplerTrainConfig(
        run_dir=Path("runs/petal_upsampler"), pool_dir=Path("pool_hd/clips")
    )
