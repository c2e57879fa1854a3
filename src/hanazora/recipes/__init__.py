"""Complete named configurations: a run is one function that returns the whole config."""

from collections.abc import Callable

from hanazora.recipes.autoencoder import petal_autoencoder, tiny_autoencoder
from hanazora.recipes.petal import petal_cpu, petal_h200
from hanazora.recipes.tiny import overfit_one, tiny_cpu
from hanazora.recipes.upsampler import petal_upsampler
from hanazora.train.autoencoder_loop import AutoencoderTrainConfig
from hanazora.train.state import TrainConfig
from hanazora.train.upsampler_loop import UpsamplerTrainConfig

RECIPES: dict[str, Callable[[], TrainConfig | AutoencoderTrainConfig | UpsamplerTrainConfig]] = {
    "tiny_cpu": tiny_cpu,
    "overfit_one": overfit_one,
    "petal_cpu": petal_cpu,
    "petal_h200": petal_h200,
    "tiny_autoencoder": tiny_autoencoder,
    "petal_autoencoder": petal_autoencoder,
    "petal_upsampler": petal_upsampler,
}
"""Recipes by the name that ``hanazora train`` takes."""
