"""Write and read an upsampler directory: config.json and one safetensors file."""

from pathlib import Path

import torch

from hanazora.models.layers.weights import PartKind, load_part, read_config, save_part
from hanazora.models.upsampler.model import UpsamplerConfig, VideoUpsampler

_KIND = PartKind(VideoUpsampler.__name__, UpsamplerConfig)


def save_upsampler(upsampler: VideoUpsampler, directory: Path) -> None:
    """Write config and weights, matrices in bf16."""
    save_part(upsampler, upsampler.config, directory, torch.bfloat16)


def load_upsampler(directory: Path) -> tuple[VideoUpsampler, str]:
    """Read an upsampler in fp32, and the sha256 of its weights.

    Raises:
        ModelError: the directory is unreadable, of another class, or its weights do not fit.
    """
    return load_part(VideoUpsampler, _KIND, directory)


def read_upsampler_config(directory: Path) -> UpsamplerConfig:
    """Read the size of an upsampler without its weights.

    Raises:
        ModelError: the directory is unreadable or of another class.
    """
    return read_config(_KIND, directory)
