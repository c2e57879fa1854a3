from dataclasses import replace
from pathlib import Path

import pytest

from hanazora.core.config import save_config
from hanazora.core.errors import ModelError, UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.models.layers.weights import save_part
from hanazora.models.text.encoder import TextEncoder
from hanazora.models.transformer.model import VideoTransformer
from hanazora.parallel.ranks import ALONE, Ranks
from hanazora.train.starting import require_start, start_dir, text_encoder_dir
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
