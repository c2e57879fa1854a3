"""Complete named configurations: a run is one function that returns the whole config."""

from collections.abc import Callable

from hanazora.recipes.autoencoder import (
    petal_autoencoder,
    petal_decoder,
    tiny_autoencoder,
)
from hanazora.recipes.petal import petal_cpu, petal_h200
from hanazora.recipes.text import petal_text
from hanazora.recipes.tiny import overfit_one, tiny_cpu
from hanazora.recipes.tune import tune_cpu
from hanazora.recipes.upsampler import petal_upsampler
from hanazora.train.autoencoder_loop import AutoencoderTrainConfig
from hanazora.train.state import TrainConfig
from hanazora.train.text_loop import TextTrainConfig
from hanazora.train.upsampler_loop import UpsamplerTrainConfig

AnyTrainConfig = TrainConfig | AutoencoderTrainConfig | UpsamplerTrainConfig | TextTrainConfig

RECIPES: dict[str, Callable[[], AnyTrainConfig]] = {
    "tiny_cpu": tiny_cpu,
    "overfit_one": overfit_one,
    "petal_cpu": petal_cpu,
    "petal_h200": petal_h200,
    "tune_cpu": tune_cpu,
    "tiny_autoencoder": tiny_autoencoder,
    "petal_autoencoder": petal_autoencoder,
    "petal_decoder": petal_decoder,
    "petal_upsampler": petal_upsampler,
    "petal_text": petal_text,
}
"""Recipes by the name that ``hanazora train`` takes."""
