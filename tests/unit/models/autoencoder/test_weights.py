import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from hanazora.core.errors import ModelError
from hanazora.models.autoencoder.weights import load_autoencoder, save_autoencoder
from hanazora.models.layers.weights import CONFIG_NAME, WEIGHTS_NAME


@pytest.fixture
def saved(tiny_autoencoder, tmp_path):
    save_autoencoder(tiny_autoencoder, tmp_path / "autoencoder")
    return tmp_path / "autoencoder"


def test_what_is_saved_in_fp32_is_loaded_bit_for_bit(tiny_autoencoder, tmp_path):
    save_autoencoder(tiny_autoencoder, tmp_path / "deep" / "dir", torch.float32)
    loaded = load_autoencoder(tmp_path / "deep" / "dir")
    latents = torch.randn(1, 6, 2, 1, 2)
    assert loaded.config == tiny_autoencoder.config
    assert torch.equal(loaded.decode(latents), tiny_autoencoder.decode(latents))


def test_bf16_keeps_vectors_in_fp32_and_the_picture_close(tiny_autoencoder, saved):
    state = load_file(saved / WEIGHTS_NAME)
    assert state["encoder.stem.weight"].dtype == torch.bfloat16
    assert state["latents_std"].dtype == state["encoder.stem.bias"].dtype == torch.float32
    latents = torch.randn(1, 6, 2, 1, 2)
    difference = load_autoencoder(saved).decode(latents) - tiny_autoencoder.decode(latents)
    assert difference.abs().max() < 0.1 * tiny_autoencoder.decode(latents).std()


def test_keys_that_do_not_fit_are_counted_and_the_first_is_named(saved):
    state = load_file(saved / WEIGHTS_NAME)
    del state["encoder.head.bias"]
    state["decoder.extra"] = torch.zeros(1)
    state["latents_mean"] = torch.zeros(7)
    save_file(state, saved / WEIGHTS_NAME)
    with pytest.raises(
        ModelError, match=r"1 of \d+ keys missing, 1 unknown, 1 .*encoder.head.bias"
    ):
        load_autoencoder(saved)


def test_damaged_or_foreign_directories_are_refused_in_one_line(saved, tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        load_autoencoder(tmp_path / "nowhere")
    (saved / WEIGHTS_NAME).write_bytes(b"broken")
    with pytest.raises(ModelError, match="cannot read"):
        load_autoencoder(saved)
    config = json.loads((saved / CONFIG_NAME).read_text())
    (saved / CONFIG_NAME).write_text(json.dumps({**config, "_class_name": "AutoencoderKLWan"}))
    with pytest.raises(ModelError, match="AutoencoderKLWan"):
        load_autoencoder(saved)
    (saved / CONFIG_NAME).write_text("{")
    with pytest.raises(ModelError, match="not valid JSON"):
        load_autoencoder(saved)
