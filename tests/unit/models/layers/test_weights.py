from pathlib import Path

import pytest
import torch
from torch import nn

from hanazora.core.errors import ModelError
from hanazora.models.layers.weights import WEIGHTS_NAME, PartKind, Undrawn, load_part, save_part
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig

KIND = PartKind("TextEncoder", TextEncoderConfig)
CONFIG = TextEncoderConfig(vocab_size=8, hidden_size=8, num_layers=1, num_heads=2, max_length=4)


def test_a_part_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    encoder = TextEncoder(CONFIG)
    save_part(encoder, CONFIG, tmp_path, torch.float32)
    loaded, digest = load_part(TextEncoder, KIND, tmp_path)
    assert loaded.config == CONFIG and len(digest) == 64
    for name, value in encoder.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], value)


def test_weights_that_do_not_fit_are_counted_and_named(tmp_path: Path) -> None:
    save_part(TextEncoder(CONFIG), CONFIG, tmp_path)
    path = tmp_path / "config.json"
    path.write_text(path.read_text().replace('"num_layers": 1', '"num_layers": 2'))
    with pytest.raises(ModelError, match=r"10 of \d+ keys missing.*layers\.1"):
        load_part(TextEncoder, KIND, tmp_path)


def test_an_unreadable_file_is_one_line(tmp_path: Path) -> None:
    save_part(TextEncoder(CONFIG), CONFIG, tmp_path)
    (tmp_path / WEIGHTS_NAME).write_bytes(b"not safetensors")
    with pytest.raises(ModelError, match="cannot read") as error:
        load_part(TextEncoder, KIND, tmp_path)
    assert "\n" not in str(error.value)
    with pytest.raises(ModelError, match="cannot read"):
        load_part(TextEncoder, KIND, tmp_path / "missing")


def test_no_number_is_drawn_that_the_file_replaces(tmp_path: Path) -> None:
    save_part(TextEncoder(CONFIG), CONFIG, tmp_path)
    state = torch.get_rng_state()
    load_part(TextEncoder, KIND, tmp_path)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_loaded_network_outlives_its_file(tmp_path: Path) -> None:
    encoder = TextEncoder(CONFIG)
    save_part(encoder, CONFIG, tmp_path, torch.float32)
    loaded, _ = load_part(TextEncoder, KIND, tmp_path)
    path = tmp_path / WEIGHTS_NAME
    path.write_bytes(bytes(path.stat().st_size))
    for name, value in encoder.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], value)


def test_layers_built_undrawn_are_whole_and_draw_nothing() -> None:
    state = torch.get_rng_state()
    with Undrawn():
        built = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Embedding(5, 2))
        table = torch.randn(2, 3)
    assert torch.equal(torch.get_rng_state(), state)
    assert table.shape == (2, 3) and len(built.state_dict()) == 5
    assert all(each.requires_grad for each in built.parameters())
