from pathlib import Path

import pytest
import torch

from hanazora.core.errors import ModelError
from hanazora.models.layers.weights import WEIGHTS_NAME, PartKind, load_part, save_part
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
