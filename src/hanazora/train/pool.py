"""Where a run's clips come from: an encoded pool on disk, made once and reused by later runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch

from hanazora.core.errors import UserError
from hanazora.core.log import get_logger
from hanazora.core.paths import bundled_model_dir
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.sources.encoding import read_autoencoder_sha256
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.layers.weights import load_part
from hanazora.models.text.tokenizer import Tokenizer
from hanazora.parallel.device import Device
from hanazora.parallel.ranks import ALONE, Ranks, made_once
from hanazora.pipelines.model_directory import AUTOENCODER
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.render_latents import render_latents, write_clips
from hanazora.train.render_pool import RenderPoolConfig, render_pool

log = get_logger(__name__)

ENCODED_AT_ONCE = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolConfig:
    """Clips of a run: rendered from the procedural world, then encoded."""

    directory: str = ""
    """Pool directory shared between runs; empty makes one inside the run directory."""
    num_clips: int = 64
    """Clips in the pool; 0 renders none, the pool must be there (`hanazora data encode`)."""
    first_seed: int = 0
    """Seed of the first clip; the others follow."""
    sizes: tuple[tuple[int, int, float], ...] = ((192, 320, 1.0),)
    """Picture sizes as (height, width, share)."""
    num_frames: tuple[tuple[int, float], ...] = ((17, 0.3), (5, 0.3), (1, 0.4))
    """Clip lengths as (frames, share)."""
    num_workers: int = 1
    """Rendering processes."""
    keep_clips: bool = True
    """Keep the rendered pixels (the autoencoder trains on them); False encodes as it renders."""
    device: str = "cpu"
    """Where clips are rendered."""
    autoencoder_dir: str = ""
    """Directory of the autoencoder; empty takes the bundled one."""


class Source(NamedTuple):
    """What a run trains on and writes into its model directory."""

    pool: LatentPool
    autoencoder: VideoAutoencoder
    tokenizer: Tokenizer
    latents_dir: Path
    """Where the pool lies."""


def open_source(config: PoolConfig, run_dir: Path, device: Device, ranks: Ranks = ALONE) -> Source:
    """Open the encoded pool, making whatever part of it is missing on the first rank.

    Raises:
        UserError: there is no pool and none is to be rendered, or another autoencoder encoded it.
        ModelError: the autoencoder cannot be read.
    """
    bundled = bundled_model_dir()
    autoencoder_dir = (
        Path(config.autoencoder_dir) if config.autoencoder_dir else bundled / "autoencoder"
    )
    autoencoder, sha256 = load_part(VideoAutoencoder, AUTOENCODER, autoencoder_dir)
    root = Path(config.directory) if config.directory else run_dir / "pool"
    _require_pool(config, root, sha256)

    def make() -> None:
        log.info(
            "rendering %d clips; the first ones wait for the renderer to be compiled",
            config.num_clips,
        )
        render = RenderPoolConfig(
            directory=root / ("clips" if config.keep_clips else "shards"),
            num_clips=config.num_clips,
            first_seed=config.first_seed,
            num_frames=config.num_frames,
            sizes=config.sizes,
            num_workers=config.num_workers,
            device=config.device,
        )
        if config.keep_clips:
            render_pool(render)
            encode_pool(ClipPool(root / "clips"), autoencoder, root / "latents", device)
        else:
            render_latents(render, autoencoder_dir, root / "latents")

    made_once(ranks, root / "latents" / "index.json", make)
    tokenizer = Tokenizer.load(bundled / "tokenizer" / "tokenizer.json")
    return Source(LatentPool(root / "latents"), autoencoder, tokenizer, root / "latents")


def _require_pool(config: PoolConfig, root: Path, autoencoder_sha256: str) -> None:
    """Refuse a pool that is not there and will not be rendered, or that was encoded otherwise."""
    is_there = (root / "latents" / "index.json").is_file()
    if not is_there and (config.num_clips == 0 or (root / "encoded").is_dir()):
        rule = "this run renders none" if config.num_clips == 0 else "its encoding is not finished"
        raise UserError(f"{root} holds no pool", rule, f"hanazora data encode SOURCE {root}")
    encoded_by = read_autoencoder_sha256(root)
    if is_there and encoded_by not in (None, autoencoder_sha256):
        rule = "its latents mean something else to this run's"
        fix = f"hanazora data encode SOURCE {root} with the same --autoencoder"
        raise UserError(f"{root} was encoded by another autoencoder", rule, fix)


@torch.inference_mode()
def encode_pool(
    clips: ClipPool, autoencoder: VideoAutoencoder, directory: Path, device: Device
) -> None:
    """Encode every clip of a rendered pool.

    Raises:
        UserError: when there is no clip.
    """
    if not len(clips):
        raise UserError("the clip pool is empty", "a pool needs at least 1 clip", "more clips")
    model = autoencoder.to(device.torch, device.dtype)
    writer = LatentPoolWriter(directory, autoencoder.config.latent_channels)
    for start in range(0, len(clips), ENCODED_AT_ONCE):
        part = [clips[i] for i in range(start, min(len(clips), start + ENCODED_AT_ONCE))]
        write_clips(writer, part, model, device)
        if start % 1024 == 0:
            log.info("encoded %d of %d clips", start + len(part), len(clips))
    writer.close()
    autoencoder.to("cpu", torch.float32)
