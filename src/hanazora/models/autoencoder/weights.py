"""Write and read an autoencoder directory: config.json and one safetensors file."""

from pathlib import Path

import torch

from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.layers.weights import PartKind, load_part, save_part

_KIND = PartKind(VideoAutoencoder.__name__, AutoencoderConfig)


def save_autoencoder(
    autoencoder: VideoAutoencoder, directory: Path, dtype: torch.dtype = torch.bfloat16
) -> None:
    """Write config and weights.

    Args:
        autoencoder: the network.
        directory: created when absent.
        dtype: how matrices are stored; vectors (biases, latent statistics) stay fp32.
    """
    save_part(autoencoder, autoencoder.config, directory, dtype)


def load_autoencoder(directory: Path, device: torch.device | str = "cpu") -> VideoAutoencoder:
    """Read an autoencoder written by `save_autoencoder`, in fp32 and ready to infer.

    Raises:
        ModelError: the directory is unreadable, of another class, or its weights do not fit.
    """
    return load_part(VideoAutoencoder, _KIND, directory)[0].to(device)
