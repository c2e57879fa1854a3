import pytest

from hanazora.models.text.encoder import TextEncoderConfig
from hanazora.train.state import TrainConfig


def test_widths_of_text_must_agree() -> None:
    with pytest.raises(ValueError, match="text_dim 256 differs from text_encoder.hidden_size 64"):
        TrainConfig(name="x", text_encoder=TextEncoderConfig(hidden_size=64))


@pytest.mark.parametrize("field", ["steps", "num_micro_batches"])
def test_counts_start_at_one(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field} is 0"):
        TrainConfig(name="x", **{field: 0})
