from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter, join_pools


def test_clips_come_back_in_bf16_precision(tmp_path: Path) -> None:
    writer = LatentPoolWriter(tmp_path, channels=4)
    clips = [torch.randn(4, 1, 2, 3), torch.randn(4, 5, 3, 2)]
    for number, clip in enumerate(clips):
        writer.append(clip, [f"clip {number}", "a picture"])
    writer.close()
    pool = LatentPool(tmp_path)
    assert len(pool) == 2 and pool.entries[1].captions == ("clip 1", "a picture")
    for number, clip in enumerate(clips):
        torch.testing.assert_close(pool.latents(number), clip.bfloat16().float(), rtol=0, atol=0)


def test_a_pool_that_was_not_closed_is_no_pool(tmp_path: Path) -> None:
    writer = LatentPoolWriter(tmp_path, channels=4)
    writer.append(torch.zeros(4, 1, 1, 1), ["x"])
    with pytest.raises(UserError, match=r"index\.json is missing"):
        LatentPool(tmp_path)
    writer.close()


def test_empty_captions_are_refused(tmp_path: Path) -> None:
    writer = LatentPoolWriter(tmp_path, channels=4)
    with pytest.raises(ValueError, match="empty caption"):
        writer.append(torch.zeros(4, 1, 1, 1), [""])
    writer.close()


def test_variance_is_measured_per_channel(tmp_path: Path) -> None:
    writer = LatentPoolWriter(tmp_path, channels=2)
    for _ in range(5):
        writer.append(
            torch.randn(2, 3, 16, 16) * torch.tensor([3.0, 0.5])[:, None, None, None], ["x"]
        )
    writer.close()
    variance = LatentPool(tmp_path).channel_variance(num_clips=2)
    torch.testing.assert_close(variance, torch.tensor([9.0, 0.25]), rtol=0.1, atol=0.0)


def test_pools_are_joined_in_order_and_only_if_alike(tmp_path: Path) -> None:
    for part, labelled in (("a", True), ("b", True), ("c", False)):
        writer = LatentPoolWriter(tmp_path / part, channels=2)
        for number in range(2):
            labels = np.full((1, 2, 3, 5), number, np.uint8) if labelled else None
            writer.append(torch.full((2, 1, 2, 3), float(number)), [f"{part}{number}"], labels)
        writer.close()
    join_pools([tmp_path / "a", tmp_path / "b"], tmp_path / "joined")
    pool = LatentPool(tmp_path / "joined")
    assert [entry.captions[0] for entry in pool.entries] == ["a0", "a1", "b0", "b1"]
    for clip in range(4):
        labels = pool.labels(clip, 5)
        assert labels is not None and bool((labels == clip % 2).all())
        assert bool((pool.latents(clip) == clip % 2).all())
    assert LatentPool(tmp_path / "c").labels(0, 5) is None
    with pytest.raises(UserError, match="differ"):
        join_pools([tmp_path / "a", tmp_path / "c"], tmp_path / "mixed")
