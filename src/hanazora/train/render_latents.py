"""Render and encode a pool in one go, keeping no pixels: 60,000 clips of two seconds take 200 GB.

Each worker is one process that stages, draws and encodes shards of clips; staging is Python on a
CPU core, drawing and encoding run on the device, so on an accelerator many workers share it. A run
that was cut off goes on with the shards that are missing.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.log import get_logger, setup_logging
from hanazora.core.shapes import LatentShape
from hanazora.data.latent_pool import LatentPoolWriter, join_pools
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.parallel.device import Device, pick_device
from hanazora.train.autoencoder_data import PoolClip
from hanazora.train.render_pool import (
    RenderPoolConfig,
    render_seeds,
    run_workers,
    worker_shards,
)
from hanazora.world.labels import label_grid

_LOG = get_logger(__name__)

BATCH_PIXELS = 1 << 24
"""Pixels encoded at a time, all frames counted."""


def render_latents(config: RenderPoolConfig, autoencoder_dir: Path, directory: Path) -> None:
    """Render the clips of `config` and write their latents, captions and labels as one pool.

    Args:
        config: what to render, on which device and with how many workers; its own directory holds
            the shards until all are done.
        autoencoder_dir: directory of the autoencoder.
        directory: the finished pool.
    """
    run_workers(config.num_workers, _work, config, autoencoder_dir)
    names = sorted(
        name for number in range(config.num_workers) for name, _ in worker_shards(config, number)
    )
    join_pools([config.directory / name for name in names], directory)
    for name in names:
        shutil.rmtree(config.directory / name)


def _work(number: int, config: RenderPoolConfig, autoencoder_dir: Path) -> None:
    torch.set_num_threads(1)
    setup_logging()
    device = pick_device(config.device, "auto")
    autoencoder = load_autoencoder(autoencoder_dir).to(device.torch, device.dtype)
    for name, seeds in worker_shards(config, number):
        shard = config.directory / name
        if (shard / "index.json").is_file():
            continue
        shutil.rmtree(shard, ignore_errors=True)
        writer = LatentPoolWriter(shard, autoencoder.config.latent_channels)
        write_clips(writer, render_seeds(config, seeds), autoencoder, device)
        writer.close()
        _LOG.info("%s is encoded", name)


def write_clips(
    writer: LatentPoolWriter,
    clips: Sequence[PoolClip],
    autoencoder: VideoAutoencoder,
    device: Device,
) -> None:
    """Encode clips and append them with their captions and labels."""
    for clip, latents in zip(clips, encode_clips(clips, autoencoder, device), strict=True):
        labels = label_grid(clip.facts, LatentShape(*latents.shape[1:]))
        writer.append(latents, list(clip.captions), labels)


@torch.inference_mode()
def encode_clips(
    clips: Sequence[PoolClip], autoencoder: VideoAutoencoder, device: Device
) -> list[Float[Tensor, "z _lt _lh _lw"]]:
    """Encode clips of any sizes, equal ones together."""
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for index, clip in enumerate(clips):
        by_shape.setdefault(clip.frames.shape, []).append(index)
    latents: dict[int, Tensor] = {}
    for (num_frames, height, width, _), members in by_shape.items():
        count = max(1, BATCH_PIXELS // (num_frames * height * width))
        for start in range(0, len(members), count):
            batch = members[start : start + count]
            frames = torch.stack([torch.from_numpy(clips[i].frames.copy()) for i in batch])
            video = frames.to(device.torch).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
            encoded = autoencoder.encode(video.to(device.dtype)).cpu()
            latents |= dict(zip(batch, encoded, strict=True))
    return [latents[index] for index in range(len(clips))]
