"""A pool of rendered clips on disk, and the training crops that are cut from it.

A pool is a directory of shards. A shard is `NAME.npy`, the uint8 pixels of its clips one after the
other (flat, so clips of any size and length share a shard), and `NAME.jsonl`, one line per clip:
where it starts, its size, its facts and its captions. The index is written last, so a shard that
has one is whole. Both trainings read the same pool.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hanazora.core.errors import UserError
from hanazora.core.paths import atomic_path, write_text

Frames = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolClip:
    """One clip of a pool."""

    frames: Frames
    """Pixels `t h w c`, RGB; a view of the shard, read from disk when touched."""
    fps: float
    """Frames per second."""
    facts: Mapping[str, Any]
    """What the clip shows, as plain JSON values."""
    captions: tuple[str, ...]
    """Sentences about it, of several lengths."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    shard: int
    offset: int
    shape: tuple[int, int, int]
    line: str


def write_shard(directory: Path, name: str, clips: Iterable[PoolClip]) -> None:
    """Write one shard; it does not exist until it is whole."""
    directory.mkdir(parents=True, exist_ok=True)
    pixels, lines, offset = [], [], 0
    for clip in clips:
        row = {
            "offset": offset,
            "shape": list(clip.frames.shape[:3]),
            "fps": clip.fps,
            "captions": list(clip.captions),
            "facts": clip.facts,
        }
        lines.append(json.dumps(row) + "\n")
        pixels.append(np.ascontiguousarray(clip.frames).reshape(-1))
        offset += pixels[-1].size
    with atomic_path(directory / f"{name}.npy") as temporary:
        with temporary.open("wb") as file:  # a file, because np.save adds a suffix to a name
            np.save(file, np.concatenate(pixels))
    write_text(directory / f"{name}.jsonl", "".join(lines))


def has_shard(directory: Path, name: str) -> bool:
    """Return whether a shard is there and whole."""
    return (directory / f"{name}.jsonl").exists()


class ClipPool:
    """The clips of a pool directory, in the order of shard names; pixels stay on disk."""

    def __init__(self, directory: Path) -> None:
        """Read the indices.

        Raises:
            UserError: the directory holds no whole shard.
        """
        self.directory = directory
        names = sorted(path.stem for path in directory.glob("*.jsonl"))
        if not names:
            raise UserError(f"{directory} holds no clips", "a pool has at least one shard")
        self._pixels = [np.load(directory / f"{name}.npy", mmap_mode="r") for name in names]
        self._entries = [
            entry
            for shard, name in enumerate(names)
            for entry in _read_index(directory / f"{name}.jsonl", shard)
        ]

    def __len__(self) -> int:
        """Return the number of clips."""
        return len(self._entries)

    def __iter__(self) -> Iterator[PoolClip]:
        """Yield every clip."""
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> PoolClip:
        """Return one clip."""
        if not 0 <= index < len(self._entries):
            raise IndexError(f"clip {index} of {len(self._entries)}")
        row = json.loads(self._entries[index].line)
        return PoolClip(
            frames=self.frames(index),
            fps=float(row["fps"]),
            facts=row["facts"],
            captions=tuple(row["captions"]),
        )

    def frames(self, index: int) -> Frames:
        """Return the pixels of one clip without reading its facts."""
        entry = self._entries[index]
        size = entry.shape[0] * entry.shape[1] * entry.shape[2] * 3
        flat = self._pixels[entry.shard][entry.offset : entry.offset + size]
        return flat.reshape(*entry.shape, 3)

    def shape(self, index: int) -> tuple[int, int, int]:
        """Return frames, height and width of one clip."""
        return self._entries[index].shape

    def indices_for(self, num_frames: int, height: int, width: int) -> list[int]:
        """Return the clips a crop of this size can be cut from."""
        want = (num_frames, height, width)
        return [
            index
            for index, entry in enumerate(self._entries)
            if all(have >= need for have, need in zip(entry.shape, want, strict=True))
        ]


def _read_index(path: Path, shard: int) -> Iterator[_Entry]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        frames, height, width = row["shape"]
        yield _Entry(shard=shard, offset=row["offset"], shape=(frames, height, width), line=line)


def cut_crop(
    frames: Frames, crop: tuple[int, int, int], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cut a random crop of (frames, height, width), mirrored half of the time."""
    starts = [
        int(rng.integers(have - want + 1))
        for have, want in zip(frames.shape[:3], crop, strict=True)
    ]
    window = tuple(slice(at, at + want) for at, want in zip(starts, crop, strict=True))
    cut = frames[window]
    return cut[:, :, ::-1] if rng.random() < 0.5 else cut


class CropSampler:
    """Draws training batches; the batch of a step depends on (seed, step) and the pool only."""

    def __init__(
        self, pool: ClipPool, crops: Sequence[tuple[int, int, int]], off_domain: float, seed: int
    ) -> None:
        """Prepare to draw.

        Args:
            pool: where crops are cut from.
            crops: sizes as (frames, height, width); a batch has one of them.
            off_domain: share of samples that are not of the world, or only partly.
            seed: decides every draw.
        """
        self._pool, self._off_domain, self._seed = pool, off_domain, seed
        self._choices = [(crop, pool.indices_for(*crop)) for crop in crops]
        for crop, indices in self._choices:
            if not indices:
                raise UserError(f"crop {crop}", f"no clip of {pool.directory} is that large")
        self._textures = make_textures(np.random.default_rng(seed))

    def batch(self, step: int, num_pixels: int) -> NDArray[np.uint8]:
        """Draw the batch of a step.

        Args:
            step: optimizer step.
            num_pixels: pixels in the batch, all frames counted; decides the number of crops.

        Returns:
            Pixels `b t h w c`.
        """
        rng = np.random.default_rng((self._seed, step))
        crop, indices = self._choices[int(rng.integers(len(self._choices)))]
        size = max(1, round(num_pixels / (crop[0] * crop[1] * crop[2])))
        batch = np.empty((size, *crop, 3), np.uint8)
        for row in batch:
            row[...] = cut_crop(self._pool.frames(indices[rng.integers(len(indices))]), crop, rng)
            if rng.random() < self._off_domain:
                row[...] = leave_domain(row, self._textures, rng)
        return batch


def make_textures(rng: np.random.Generator, count: int = 12, side: int = 384) -> Frames:
    """Make coloured 1/f noise pictures `n h w c`, whose spectra are those of photographs."""
    fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    radius = np.sqrt(fx**2 + fy**2) + 1.0 / side
    textures = np.empty((count, side, side, 3), np.uint8)
    for texture in textures:
        slope = rng.uniform(0.8, 1.8)
        planes = np.fft.irfft2(
            np.fft.rfft2(rng.standard_normal((3, side, side))) / radius**slope, s=(side, side)
        )
        planes /= planes.std(axis=(1, 2), keepdims=True)
        # Photographs are mostly grey: the three planes share most of their variance.
        mixed = planes.mean(axis=0) * 1.5 + planes * rng.uniform(0.1, 0.8)
        texture[...] = np.clip(128 + 52 * mixed.transpose(1, 2, 0), 0, 255).astype(np.uint8)
    return textures


def leave_domain(crop: Frames, textures: Frames, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return other pixels of the same size: recoloured, a moving texture, a blend, or noisy."""
    kind = int(rng.integers(4))
    if kind == 0:
        gain, offset = rng.uniform(0.5, 1.4, 3), rng.uniform(-40, 40, 3)
        changed = crop[..., rng.permutation(3)] * gain + offset
    elif kind == 1:
        changed = _moving_texture(crop.shape, textures, rng).astype(np.float64)
    elif kind == 2:
        weight = rng.uniform(0.2, 0.8)
        changed = crop * weight + _moving_texture(crop.shape, textures, rng) * (1 - weight)
    else:
        changed = crop + rng.normal(0.0, rng.uniform(4, 24), crop.shape)
    return np.clip(changed, 0, 255).astype(np.uint8)


def _moving_texture(
    shape: tuple[int, ...], textures: Frames, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cut a window that slides over a random texture by up to 4 pixels a frame."""
    texture = textures[int(rng.integers(len(textures)))]
    num_frames, height, width = shape[:3]
    speed, start = rng.integers(-4, 5, 2), rng.integers(0, texture.shape[0], 2)
    rows = (start[0] + speed[0] * np.arange(num_frames)[:, None] + np.arange(height)) % len(texture)
    columns = (start[1] + speed[1] * np.arange(num_frames)[:, None] + np.arange(width)) % len(
        texture
    )
    return texture[rows[:, :, None], columns[:, None, :]]
