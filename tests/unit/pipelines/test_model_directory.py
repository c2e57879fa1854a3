from pathlib import Path

import pytest
import torch

from hanazora.core.errors import ModelError, UserError
from hanazora.pipelines.model_directory import (
    Model,
    load_model,
    part_sha256,
    read_settings,
    save_model,
)


def test_the_layout_is_that_of_diffusers(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer.json",
        *(
            f"{part}/{name}"
            for part in ("transformer", "autoencoder", "text_encoder")
            for name in ("config.json", "diffusion_pytorch_model.safetensors")
        ),
    }


def test_what_is_loaded_is_what_was_saved(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path, torch.float32)
    loaded = load_model(tmp_path)
    assert loaded.transformer.config == tiny_model.transformer.config
    assert loaded.sampler == tiny_model.sampler
    for name, value in tiny_model.transformer.state_dict().items():
        assert torch.equal(loaded.transformer.state_dict()[name], value)


def test_a_missing_key_in_the_weights_is_named(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path)
    config = tmp_path / "transformer" / "config.json"
    config.write_text(config.read_text().replace('"num_layers": 2', '"num_layers": 3'))
    with pytest.raises(ModelError, match=r"keys missing.*the first is blocks\.2"):
        load_model(tmp_path)


def test_an_unknown_config_key_is_an_error(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path)
    config = tmp_path / "transformer" / "config.json"
    config.write_text(config.read_text().replace('"hidden_size"', '"hiden_size"'))
    with pytest.raises(UserError, match="did you mean"):
        load_model(tmp_path)


def test_configs_and_hashes_need_no_weights_in_memory(tiny_model: Model, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path, torch.float32)
    settings = read_settings(tmp_path)
    assert settings.transformer == tiny_model.transformer.config
    assert settings.autoencoder == tiny_model.autoencoder.config
    assert settings.sampler == tiny_model.sampler
    assert part_sha256(tmp_path, "autoencoder") == load_model(tmp_path).weight_hashes["autoencoder"]
    with pytest.raises(ModelError, match="cannot read"):
        part_sha256(tmp_path, "nothing")
    (tmp_path / "transformer" / "config.json").unlink()
    with pytest.raises(ModelError, match="cannot read"):
        read_settings(tmp_path)
