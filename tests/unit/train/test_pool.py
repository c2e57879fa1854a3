from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import ModelError, UserError
from hanazora.parallel.device import pick_device
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.pool import PoolConfig, open_source
from hanazora.train.state import TrainConfig


@pytest.mark.timeout(300)
def test_a_pool_is_rendered_and_encoded_once(tiny_run: TrainConfig, tmp_path: Path) -> None:
    config = PoolConfig(
        num_clips=2,
        sizes=((32, 48, 1.0),),
        num_frames=((1, 0.5), (5, 0.5)),
        autoencoder_dir=tiny_run.pool.autoencoder_dir,
    )
    source = open_source(config, tmp_path / "run", pick_device("cpu", "fp32"))
    clips = ClipPool(tmp_path / "run" / "pool" / "clips")
    assert len(source.pool) == len(clips) == 2
    for index in range(2):
        frames = torch.from_numpy(clips.frames(index).copy())
        video = (frames.permute(3, 0, 1, 2)[None].float() / 127.5) - 1
        expected = source.autoencoder.encode(video)[0]
        assert (source.pool.latents(index) - expected).abs().max() < 0.05
        assert source.pool.entries[index].captions == clips[index].captions
    written = (tmp_path / "run" / "pool" / "latents" / "latents.bin").stat().st_mtime_ns
    open_source(config, tmp_path / "run", pick_device("cpu", "fp32"))
    assert (tmp_path / "run" / "pool" / "latents" / "latents.bin").stat().st_mtime_ns == written


def test_a_missing_autoencoder_is_named(tiny_run: TrainConfig, tmp_path: Path) -> None:
    config = replace(tiny_run.pool, autoencoder_dir=str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="nowhere"):
        open_source(config, tmp_path, pick_device("cpu", "fp32"))


def test_a_pool_that_is_not_there_is_not_rendered_instead(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    none = replace(tiny_run.pool, directory=str(tmp_path / "typo"), num_clips=0)
    with pytest.raises(UserError, match=r"typo holds no pool.*try hanazora data encode SOURCE"):
        open_source(none, tmp_path, pick_device("cpu", "fp32"))
    (tmp_path / "typo" / "encoded").mkdir(parents=True)
    with pytest.raises(UserError, match="its encoding is not finished"):
        open_source(replace(none, num_clips=3), tmp_path, pick_device("cpu", "fp32"))


def test_latents_of_another_autoencoder_are_refused(tiny_run: TrainConfig, tmp_path: Path) -> None:
    marked = Path(tiny_run.pool.directory) / "source.json"
    marked.write_text('{"autoencoder": "other", "files": []}')
    with pytest.raises(UserError, match="was encoded by another autoencoder"):
        open_source(tiny_run.pool, tmp_path, pick_device("cpu", "fp32"))
