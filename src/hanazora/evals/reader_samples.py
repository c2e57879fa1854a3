"""Samples of the scene reader on disk: made once from a pool of clips, resumed after a cut."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from hanazora.core.log import get_logger
from hanazora.core.paths import atomic_path
from hanazora.evals.reader_data import (
    Answers,
    ReaderSet,
    Sample,
    join_sets,
    make_sample,
    stack_samples,
)
from hanazora.evals.references import as_video, reconstruct
from hanazora.models.autoencoder.model import VideoAutoencoder

_LOG = get_logger(__name__)

CLIPS_PER_FILE = 200
DECODED_ONE_IN = 6
"""One moving clip in this many is read as the autoencoder gives it back, where there is one."""


@runtime_checkable
class RenderedClip(Protocol):
    """A clip of a pool."""

    @property
    def frames(self) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        """Pixels `t h w c`."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it shows, as plain JSON values."""


@runtime_checkable
class ClipSource(Protocol):
    """Rendered clips by index."""

    def __len__(self) -> int:
        """Return the number of clips."""

    def __getitem__(self, index: int) -> RenderedClip:
        """Return one clip."""


def gather_samples(
    source: ClipSource, directory: Path, autoencoder: VideoAutoencoder | None = None
) -> tuple[ReaderSet | None, ReaderSet | None]:
    """Return the samples of all clips with motion and of all single pictures; None where none is.

    Args:
        source: the clips.
        directory: where samples are kept; what is there is not made again.
        autoencoder: some of the clips are read as it gives them back.
    """
    directory.mkdir(parents=True, exist_ok=True)
    parts = []
    for first in range(0, len(source), CLIPS_PER_FILE):
        path = directory / f"samples-{first:07d}.pt"
        if not path.exists():
            indices = range(first, min(first + CLIPS_PER_FILE, len(source)))
            save_sets(make_sets([source[i] for i in indices], first, autoencoder), path)
            _LOG.info("samples of %d clips", indices.stop)
        parts.append(load_sets(path))
    clips, pictures = zip(*parts, strict=True)
    return join_sets(clips), join_sets(pictures)


def make_sets(
    clips: list[RenderedClip], seed: int, autoencoder: VideoAutoencoder | None
) -> list[ReaderSet | None]:
    """Make the samples of clips: those with motion, and the single pictures."""
    generator = torch.Generator().manual_seed(seed)
    moving: list[Sample] = []
    still: list[Sample] = []
    for number, clip in enumerate(clips):
        frames = torch.from_numpy(np.ascontiguousarray(clip.frames.transpose(0, 3, 1, 2)))
        decoded = None
        if autoencoder is not None and len(frames) > 1 and number % DECODED_ONE_IN == 0:
            decoded = _decode(autoencoder, frames)
        sample = make_sample(frames, clip.facts, generator, decoded)
        (moving if len(sample.motion) else still).append(sample)
    return [stack_samples(part) if part else None for part in (moving, still)]


def save_sets(sets: list[ReaderSet | None], path: Path) -> None:
    """Write sets to one file, whole or not at all."""
    plain = [part and [part.looks, part.motion, *part.answers] for part in sets]
    with atomic_path(path) as temporary:
        torch.save(plain, temporary)


def load_sets(path: Path) -> list[ReaderSet | None]:
    """Read what `save_sets` wrote."""
    return [
        ReaderSet(part[0], part[1], Answers(*part[2:])) if part else None
        for part in torch.load(path, weights_only=True)
    ]


def _decode(
    autoencoder: VideoAutoencoder, frames: UInt8[Tensor, "t c h w"]
) -> UInt8[Tensor, "t c h w"]:
    video = reconstruct(autoencoder, as_video(frames.permute(0, 2, 3, 1)))
    return ((video[0] + 1.0) * 127.5).round().to(torch.uint8).movedim(1, 0).contiguous()
