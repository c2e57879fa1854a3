"""What a pool holds, in numbers a run can log and compare: its sizes and its fingerprint."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hanazora.core.shapes import LatentShape, padded_shape
from hanazora.data.latent_pool import LatentPool
from hanazora.models.transformer.patchify import PatchSize, token_grid

_BYTES_PER_VALUE = 2
_HASHED_BYTES = 4096


class SizeCount(NamedTuple):
    """How many samples of one size there are."""

    frames: int
    height: int
    width: int
    samples: int
    tokens: int
    """Of each sample."""

    def __str__(self) -> str:
        return f"{self.samples} of {self.frames} frames {self.width}x{self.height}"


def count_sizes(shapes: Iterable[LatentShape], patch_size: PatchSize) -> list[SizeCount]:
    """Count the samples of each size, the longest and largest first.

    Args:
        shapes: size of the latents of every sample.
        patch_size: what makes a token.
    """
    return [
        SizeCount(*padded_shape(shape), count, token_grid(shape, patch_size).num_cells)
        for shape, count in sorted(Counter(shapes).items(), reverse=True)
    ]


def pool_sizes(pool: LatentPool, patch_size: PatchSize) -> list[SizeCount]:
    """Count the samples of each size that a pool holds."""
    return count_sizes((entry.shape for entry in pool.entries), patch_size)


def pool_fingerprint(directory: Path, pool: LatentPool) -> str:
    """Return a hash that changes with any clip, caption, or the order of them.

    Of each clip's latents the first 4 KiB are hashed, most of one channel over all frames, so a
    pool of a hundred gigabytes takes seconds.
    """
    digest = hashlib.sha256()
    for name in ("index.json", "captions.jsonl"):
        digest.update((directory / name).read_bytes())
    with (directory / "latents.bin").open("rb") as file:
        for entry in pool.entries:
            file.seek(entry.offset * _BYTES_PER_VALUE)
            size = pool.channels * entry.shape.num_cells * _BYTES_PER_VALUE
            digest.update(file.read(min(size, _HASHED_BYTES)))
    return digest.hexdigest()
