from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.data.latent_pool import LatentPool
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.parallel.device import pick_device
from hanazora.train.autoencoder_data import PoolClip
from hanazora.train.render_latents import encode_clips, render_latents
from hanazora.train.render_pool import RenderPoolConfig
from hanazora.train.state import TrainConfig
from hanazora.world.labels import FIELDS


def test_equal_clips_are_encoded_together_and_come_back_in_order(tiny_run: TrainConfig) -> None:
    autoencoder = load_autoencoder(Path(tiny_run.pool.autoencoder_dir))
    rng = np.random.default_rng(0)
    shapes = [(1, 16, 32), (5, 16, 16), (1, 16, 32)]
    clips = [
        PoolClip(
            frames=rng.integers(0, 256, (*shape, 3), np.uint8), fps=8.0, facts={}, captions=("x",)
        )
        for shape in shapes
    ]
    device = pick_device("cpu", "fp32")
    for clip, latents in zip(clips, encode_clips(clips, autoencoder, device), strict=True):
        video = torch.from_numpy(clip.frames).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        with torch.inference_mode():
            alone = autoencoder.encode(video)[0]
        torch.testing.assert_close(latents, alone, rtol=1e-3, atol=1e-3)


@pytest.mark.timeout(300)
def test_a_pool_without_pixels_goes_on_where_it_was_cut_off(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    config = RenderPoolConfig(
        directory=tmp_path / "shards",
        num_clips=3,
        num_frames=((1, 1.0),),
        sizes=((32, 48, 1.0),),
        clips_per_shard=2,
        num_workers=1,
    )
    autoencoder_dir = Path(tiny_run.pool.autoencoder_dir)
    half = tmp_path / "shards" / "train-00000000-00000002"
    half.mkdir(parents=True)
    (half / "latents.bin").write_bytes(b"cut off")
    render_latents(config, autoencoder_dir, tmp_path / "latents")
    pool = LatentPool(tmp_path / "latents")
    assert len(pool) == 3
    for clip in range(3):
        labels = pool.labels(clip, len(FIELDS))
        assert labels is not None and labels.shape == (1, 2, 3, len(FIELDS))
        assert pool.latents(clip).abs().max() > 0
        assert len(pool.entries[clip].captions) == 4
    assert not list((tmp_path / "shards").iterdir())
