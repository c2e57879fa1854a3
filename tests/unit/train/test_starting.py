import json
from dataclasses import replace
from pathlib import Path

import pytest

from hanazora.core.config import save_config
from hanazora.core.errors import ModelError, UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.models.layers.weights import save_part
from hanazora.models.text.encoder import TextEncoder
from hanazora.models.transformer.model import VideoTransformer
from hanazora.parallel.device import pick_device
from hanazora.parallel.ranks import ALONE, Ranks
from hanazora.train.pool import open_source
from hanazora.train.starting import (
    DATA_NAME,
    require_pool,
    require_start,
    start_dir,
    text_encoder_dir,
)
from hanazora.train.state import TrainConfig


@pytest.fixture
def start(tiny_run: TrainConfig, tmp_path: Path) -> Path:
    """Weights of the tiny shape, in the layout of a model directory."""
    root = tmp_path / "start"
    save_part(VideoTransformer(tiny_run.transformer), tiny_run.transformer, root / "transformer")
    save_part(TextEncoder(tiny_run.text_encoder), tiny_run.text_encoder, root / "text_encoder")
    return root


def wider(config: TrainConfig) -> TrainConfig:
    return replace(config, transformer=replace(config.transformer, hidden_size=128))


def test_a_fresh_run_may_start(tiny_run: TrainConfig, tmp_path: Path) -> None:
    require_start(tiny_run, tmp_path / "run", ALONE)
    assert not (tmp_path / "run").exists()


def test_bundled_is_a_name_of_its_own() -> None:
    assert start_dir("bundled") == bundled_model_dir()
    assert text_encoder_dir("bundled") == bundled_model_dir() / "text_encoder"
    assert start_dir("runs/a") == Path("runs/a") == text_encoder_dir("runs/a")


def test_every_process_needs_a_micro_batch(tiny_run: TrainConfig, tmp_path: Path) -> None:
    require_start(replace(tiny_run, num_micro_batches=4), tmp_path, Ranks(3, 4))
    with pytest.raises(UserError, match="try --set num_micro_batches=4"):
        require_start(replace(tiny_run, num_micro_batches=3), tmp_path, Ranks(3, 4))


def test_weights_that_are_not_there_are_refused(tiny_run: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot read"):
        require_start(replace(tiny_run, init_from="nowhere"), tmp_path, ALONE)


def test_weights_of_another_shape_are_refused(
    tiny_run: TrainConfig, start: Path, tmp_path: Path
) -> None:
    config = replace(tiny_run, init_from=str(start))
    require_start(config, tmp_path, ALONE)
    with pytest.raises(UserError, match="hidden_size 64: this run asks for 128"):
        require_start(wider(config), tmp_path, ALONE)


def test_what_weights_do_not_know_may_differ(
    tiny_run: TrainConfig, start: Path, tmp_path: Path
) -> None:
    full = replace(tiny_run.transformer, causal=False)
    require_start(replace(tiny_run, transformer=full, init_from=str(start)), tmp_path, ALONE)


def test_a_text_encoder_of_another_shape_is_refused(
    tiny_run: TrainConfig, start: Path, tmp_path: Path
) -> None:
    config = replace(tiny_run, text_encoder_from=str(start / "text_encoder"))
    require_start(config, tmp_path, ALONE)
    with pytest.raises(UserError, match="TextEncoder of hidden_size 256"):
        require_start(replace(config, text_encoder_from="bundled"), tmp_path, ALONE)


def test_a_run_goes_on_only_in_its_own_shape(tiny_run: TrainConfig, tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / "step_0000010").mkdir(parents=True)
    save_config(tiny_run, tmp_path / "config.json")
    require_start(replace(tiny_run, steps=40), tmp_path, ALONE)
    with pytest.raises(UserError, match="VideoTransformer of hidden_size 64"):
        require_start(wider(tiny_run), tmp_path, ALONE)


def test_the_pool_of_a_run_is_written_down_and_may_not_change(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    source = open_source(tiny_run.pool, run_dir, pick_device("cpu", "fp32"))
    require_pool(tiny_run, run_dir, source, ALONE)
    data = json.loads((run_dir / DATA_NAME).read_text())
    assert data["samples"] == sum(size["samples"] for size in data["sizes"]) == 6
    assert {"frames": 9, "height": 64, "width": 96, "samples": 1, "tokens": 18} in data["sizes"]

    captions = source.latents_dir / "captions.jsonl"
    captions.write_text(captions.read_text().replace("toys", "cars"))
    require_pool(tiny_run, run_dir, source, ALONE)  # nothing has been learned yet
    (run_dir / "checkpoints" / "step_0000005").mkdir(parents=True)
    require_pool(tiny_run, run_dir, source, ALONE)
    captions.write_text(captions.read_text().replace("cars", "trees"))
    with pytest.raises(UserError, match="is not the pool that .* began with: 6 clips, oth.*init"):
        require_pool(tiny_run, run_dir, source, ALONE)


def test_a_clip_that_would_never_be_drawn_is_refused(tiny_run: TrainConfig, tmp_path: Path) -> None:
    source = open_source(tiny_run.pool, tmp_path, pick_device("cpu", "fp32"))
    short = replace(tiny_run, packing=replace(tiny_run.packing, num_tokens=16))
    with pytest.raises(UserError, match=r"1 of 9 frames 96x64 have 18 tokens each.*num_tokens=18"):
        require_pool(short, tmp_path, source, ALONE)
