from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.models.layers.weights import PartKind, load_part
from hanazora.models.upsampler.model import SCALE, UpsamplerConfig, VideoUpsampler, enlarge
from hanazora.train import upsampler_loop
from hanazora.train.autoencoder_data import ClipPool, PoolClip, write_shard
from hanazora.train.state import TrainConfig
from hanazora.train.upsampler_loop import (
    UpsamplerTrainConfig,
    draw_windows,
    shrink,
    train_upsampler,
    upsampler_loss,
)


@pytest.fixture
def config(tiny_run: TrainConfig, tmp_path: Path) -> UpsamplerTrainConfig:
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:128, :128]
    clips = []
    for _ in range(4):  # hard stripes: what bicubic interpolation is worst at
        angle, phase = rng.uniform(0, 3.14), rng.uniform(0, 20)
        wave = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) / 5 + phase) > 0
        frames = np.repeat((wave * 255).astype(np.uint8)[None, :, :, None], 2, axis=0)
        clips.append(
            PoolClip(frames=np.repeat(frames, 3, axis=3), fps=8.0, facts={}, captions=("x",))
        )
    write_shard(tmp_path / "pool", "a", clips)
    return UpsamplerTrainConfig(
        run_dir=tmp_path / "run",
        pool_dir=tmp_path / "pool",
        autoencoder_dir=Path(tiny_run.pool.autoencoder_dir),
        upsampler=UpsamplerConfig(width=16, num_blocks=2),
        steps=40,
        num_samples=2,
        window=(2, 64, 64),
        soft_share=0.0,
        log_every=10,
        checkpoint_every=20,
        lr=3e-3,
    )


def test_training_beats_bicubic_and_the_result_loads(config: UpsamplerTrainConfig) -> None:
    upsampler = train_upsampler(replace(config, steps=200))
    kind = PartKind("VideoUpsampler", UpsamplerConfig)
    loaded, _ = load_part(VideoUpsampler, kind, config.run_dir / "upsampler")
    rows, columns = np.mgrid[:64, :64]
    wave = torch.from_numpy(((rows * 0.6 + columns * 0.8) % 30 > 15).astype(np.float32) * 2 - 1)
    large = wave[None, None, :, :, None].expand(1, 1, -1, -1, 3)
    small = shrink(large)
    with torch.no_grad():
        made = upsampler(small)
        assert (loaded(small) - made).abs().max() < 0.05
    base = (enlarge(small[0]) - large[0]).square().mean()
    assert (made - large).square().mean() < 0.9 * base


def test_a_run_that_was_cut_off_goes_on_the_same(
    config: UpsamplerTrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train_upsampler(config)
    other = replace(config, run_dir=config.run_dir.with_name("other"))

    def interrupted(pool: ClipPool, config: UpsamplerTrainConfig, step: int) -> torch.Tensor:
        if step == 27:
            raise KeyboardInterrupt
        return draw_windows(pool, config, step)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(upsampler_loop, "draw_windows", interrupted)
        train_upsampler(other)
    again = train_upsampler(other)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value, rtol=0, atol=0)


def test_softening_keeps_shapes_and_flicker_costs(config: UpsamplerTrainConfig) -> None:
    train_upsampler(replace(config, steps=2, soft_share=1.0))
    truth = torch.zeros(1, 2, 4, 4, 3)
    steady, flicker = truth + 0.1, truth + 0.1
    flicker[:, 1] = -0.1
    assert upsampler_loss(steady, truth, config)[0] < upsampler_loss(flicker, truth, config)[0]
    assert shrink(torch.ones(1, 1, 8, 8, 3)).shape == (1, 1, 8 // SCALE, 8 // SCALE, 3)


def test_windows_that_do_not_fit_are_refused(config: UpsamplerTrainConfig) -> None:
    with pytest.raises(UserError, match="divide by 64"):
        replace(config, window=(3, 100, 256))
    with pytest.raises(UserError, match="no clip"):
        train_upsampler(replace(config, window=(9, 64, 64)))
