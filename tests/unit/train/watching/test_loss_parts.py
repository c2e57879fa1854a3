import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.data.packing import PackedBatch
from hanazora.diffusion.weighting import flow_loss
from hanazora.models.transformer.layout import Document, build_layout, split_chunks
from hanazora.train.watching.loss_parts import LossParts
from hanazora.world.labels import FIELDS


@pytest.fixture
def batch() -> PackedBatch:
    """A picture of 2 tokens, a video of 2 + 2 of which the first are given, 3 of padding."""
    shapes = (LatentShape(1, 1, 2), LatentShape(2, 1, 2), LatentShape(1, 1, 3))
    documents = [Document(shape, split_chunks(shape.frames, 1)) for shape in shapes]
    return PackedBatch(
        noisy=torch.zeros(9, 4),
        target=torch.zeros(9, 4),
        sigma=torch.tensor([0.1, 0.0, 1.0, 1.0]),
        weight=torch.tensor([1.5, 1.5, 0, 0, 1, 1, 0, 0, 0]),
        layout=build_layout(documents),
        text_ids=torch.zeros(3, 1, dtype=torch.long),
        text_mask=torch.ones(3, 1, dtype=torch.bool),
        labels=torch.zeros(9, len(FIELDS), dtype=torch.uint8),
        num_useful=6,
    )


def _predict(*errors: float) -> torch.Tensor:
    return torch.tensor(errors, dtype=torch.float32)[:, None].expand(9, 4)


def test_every_token_counts_where_its_noise_and_its_clip_are(batch: PackedBatch) -> None:
    parts = LossParts()
    parts.see(batch, _predict(1, 2, 9, 9, 3, 4, 9, 9, 9))
    # Given tokens and padding have no weight: their errors of 9 are nowhere.
    assert parts.means() == pytest.approx(
        {"loss_sigma_0.0": 2.5, "loss_sigma_0.8": 12.5, "loss_picture": 2.5, "loss_video": 12.5}
    )


def test_parts_make_up_the_loss(batch: PackedBatch) -> None:
    prediction = _predict(1, 2, 9, 9, 3, 4, 9, 9, 9)
    parts = LossParts()
    parts.see(batch, prediction)
    means = parts.means()
    whole = float(flow_loss(prediction, batch.target, batch.weight))
    assert (3 * means["loss_picture"] + 2 * means["loss_video"]) / 5 == pytest.approx(whole)


def test_batches_add_up_and_one_that_is_not_finite_is_left_out(batch: PackedBatch) -> None:
    parts = LossParts()
    assert parts.means() == {}
    parts.see(batch, _predict(1, 1, 0, 0, 1, 1, 0, 0, 0))
    parts.see(batch, _predict(float("nan"), 1, 0, 0, 1, 1, 0, 0, 0))
    parts.see(batch, _predict(2, 2, 0, 0, 1, 1, 0, 0, 0))
    assert parts.means()["loss_picture"] == pytest.approx(2.5)
    assert parts.means()["loss_video"] == pytest.approx(1.0)
