"""Noise that depends on nothing but (seed, chunk): not on device, dtype, batch or order."""

import hashlib

import torch
from jaxtyping import Float
from torch import Tensor


def noise_generator(*key: int | str) -> torch.Generator:
    """Return a CPU generator seeded by a key; different keys give independent streams."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)


def sample_noise(seed: int, chunk: int, shape: tuple[int, ...]) -> Float[Tensor, "..."]:
    """Draw standard normal noise in fp32 on the CPU for one chunk of one video."""
    return torch.randn(shape, generator=noise_generator("chunk", seed, chunk))
