"""Render a pool of world clips on all cores, resumably: `python -m hanazora.train.render_pool DIR`.

The work is cut into shards of consecutive seeds. Each worker is one process with one thread that
takes every n-th shard and skips those that exist, so a run that was cut off goes on by being
started again, and a larger `num_clips` adds to the same pool. What a seed shows, its size and its
length depend on the seed alone.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from hanazora.core.config import from_dict
from hanazora.core.errors import UserError
from hanazora.core.log import get_logger, setup_logging
from hanazora.train.autoencoder_data import PoolClip, has_shard, write_shard
from hanazora.world.captions import write_caption
from hanazora.world.clip import Clip, render_clips
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import to_json

_LOG = get_logger(__name__)
_T = TypeVar("_T")

CAPTION_LENGTHS = ("short", "medium", "long", "any")
"""One caption of each is stored with a clip."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderPoolConfig:
    """What to render and how."""

    directory: Path
    """The pool; created when absent."""
    num_clips: int
    """Clips in the whole pool."""
    first_seed: int = 0
    """Seed of the first clip; the others follow."""
    split: str = "train"
    """One of the world's splits."""
    num_frames: tuple[tuple[int, float], ...] = ((17, 0.7), (9, 0.15), (5, 0.05), (1, 0.1))
    """Clip lengths with their shares."""
    sizes: tuple[tuple[int, int, float], ...] = (
        (192, 320, 0.7),
        (320, 192, 0.1),
        (256, 256, 0.1),
        (160, 384, 0.1),
    )
    """Picture sizes as (height, width, share); sides are multiples of 16."""
    fps: float = 8.0
    """Frames per second."""
    clips_per_shard: int = 16
    """Clips in one shard: what is lost at most when a worker is killed."""
    num_workers: int = 2
    """Processes, one thread each."""
    device: str = "cpu"
    """Where to draw; on an accelerator several workers keep it busy while others stage scenes."""

    def __post_init__(self) -> None:
        if self.num_clips < 1 or self.clips_per_shard < 1 or self.num_workers < 1:
            raise UserError(
                f"{self.num_clips} clips in shards of {self.clips_per_shard}, "
                f"{self.num_workers} workers",
                "each of them must be at least 1",
            )


RenderSeeds = Callable[[RenderPoolConfig, Sequence[int]], list[PoolClip]]


def render_pool(config: RenderPoolConfig, render: RenderSeeds | None = None) -> int:
    """Render the shards that are missing; returns how many clips the whole pool then has.

    Args:
        config: what to render.
        render: makes the clips of seeds; None renders the world. It must be picklable when there
            is more than one worker.
    """
    run_workers(config.num_workers, _work, config, render or render_seeds)
    return config.num_clips


def run_workers(num_workers: int, work: Callable[..., None], *arguments: object) -> None:
    """Call ``work(number, *arguments)`` for every worker number, each in a process of its own.

    Raises:
        RuntimeError: when a worker failed.
    """
    if num_workers == 1:
        return work(0, *arguments)
    # Spawned, because a forked child inherits locked thread pools.
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=work, args=(number, *arguments)) for number in range(num_workers)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    failed = [worker.exitcode for worker in workers if worker.exitcode]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(workers)} workers failed: exit codes {failed}")


def render_seeds(config: RenderPoolConfig, seeds: Sequence[int]) -> list[PoolClip]:
    """Render the world clips of seeds with their facts and captions, equal sizes together."""
    by_size: dict[tuple[int, int], list[int]] = {}
    for seed in seeds:
        by_size.setdefault(choose_size(config, seed)[1], []).append(seed)
    clips: dict[int, PoolClip] = {}
    for (height, width), members in by_size.items():
        specs = [
            sample_spec(
                seed,
                split=config.split,
                num_frames=choose_size(config, seed)[0],
                fps=config.fps,
                aspect=width / height,
            )
            for seed in members
        ]
        rendered = render_clips(specs, height, width, device=config.device)
        clips |= {
            seed: _pool_clip(clip, seed, config)
            for seed, clip in zip(members, rendered, strict=True)
        }
    return [clips[seed] for seed in seeds]


def choose_size(config: RenderPoolConfig, seed: int) -> tuple[int, tuple[int, int]]:
    """Return the number of frames and the (height, width) of a seed's clip."""
    rng = np.random.default_rng((seed, 20_077))
    (num_frames,) = _pick([((count,), share) for count, share in config.num_frames], rng)
    size = _pick([((height, width), share) for height, width, share in config.sizes], rng)
    return num_frames, size


def plain(value: Any) -> Any:
    """Return facts as JSON values: dataclasses as objects, arrays as lists, 3 decimals."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray | torch.Tensor | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def _pick(options: Sequence[tuple[_T, float]], rng: np.random.Generator) -> _T:
    shares = np.array([share for _, share in options])
    return options[int(rng.choice(len(options), p=shares / shares.sum()))][0]


def _pool_clip(clip: Clip, seed: int, config: RenderPoolConfig) -> PoolClip:
    captions = [
        write_caption(clip.spec, seed * 4 + number, length, split=config.split).text
        for number, length in enumerate(CAPTION_LENGTHS)
    ]
    return PoolClip(
        frames=clip.frames.cpu().numpy(),
        fps=config.fps,
        facts={**plain(clip.facts), "spec": to_json(clip.spec)},
        captions=tuple(captions),
    )


def worker_shards(config: RenderPoolConfig, number: int) -> Iterator[tuple[str, range]]:
    """Yield name and seeds of every shard that one worker makes."""
    num_shards = -(-config.num_clips // config.clips_per_shard)
    for shard in range(number, num_shards, config.num_workers):
        first = config.first_seed + shard * config.clips_per_shard
        last = min(first + config.clips_per_shard, config.first_seed + config.num_clips)
        # The name holds the seeds, so a shard cut short by a smaller pool is made anew.
        yield f"{config.split}-{first:08d}-{last:08d}", range(first, last)


def _work(number: int, config: RenderPoolConfig, render: RenderSeeds) -> None:
    torch.set_num_threads(1)
    setup_logging()
    for name, seeds in worker_shards(config, number):
        if has_shard(config.directory, name):
            continue
        started = time.monotonic()
        clips = render(config, seeds)
        write_shard(config.directory, name, clips)
        num_frames = sum(len(clip.frames) for clip in clips)
        _LOG.info("%s: %.1f frames/s", name, num_frames / (time.monotonic() - started))


def main(arguments: Sequence[str] | None = None) -> None:
    """Render a pool from the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("directory")
    parser.add_argument("--num-clips", type=int, required=True)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--split", default="train")
    parser.add_argument("--num-workers", type=int, default=2)
    parser.add_argument("--num-frames", type=json.loads, help="[[17, 0.8], [1, 0.2]]")
    parser.add_argument("--sizes", type=json.loads, help="[[192, 320, 1.0]]")
    given = vars(parser.parse_args(arguments)).items()
    config = from_dict(RenderPoolConfig, {key: value for key, value in given if value is not None})
    setup_logging()
    render_pool(config)


if __name__ == "__main__":
    main()
