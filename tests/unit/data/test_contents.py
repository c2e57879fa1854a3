from pathlib import Path

import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.data.contents import SizeCount, count_sizes, pool_fingerprint, pool_sizes
from hanazora.data.latent_pool import LatentPool, LatentPoolWriter


def _write(directory: Path, clips: list[torch.Tensor], captions: list[str]) -> LatentPool:
    writer = LatentPoolWriter(directory, channels=4)
    for latents, caption in zip(clips, captions, strict=True):
        writer.append(latents, [caption])
    writer.close()
    return LatentPool(directory)


def test_sizes_are_counted_in_pixels_and_tokens(tmp_path: Path) -> None:
    clips = [torch.zeros(4, 5, 12, 20), torch.zeros(4, 1, 2, 2), torch.zeros(4, 5, 12, 20)]
    sizes = pool_sizes(_write(tmp_path, clips, ["a", "b", "c"]), (1, 2, 2))
    assert sizes == [SizeCount(17, 192, 320, 2, 300), SizeCount(1, 32, 32, 1, 1)]
    assert str(sizes[0]) == "2 of 17 frames 320x192"
    assert count_sizes([LatentShape(1, 2, 2)], (1, 1, 1)) == [SizeCount(1, 32, 32, 1, 4)]


@pytest.mark.parametrize(
    ("change", "is_same"),
    [("nothing", True), ("a value", False), ("a caption", False), ("the order", False)],
)
def test_a_fingerprint_knows_every_clip(tmp_path: Path, change: str, is_same: bool) -> None:
    torch.manual_seed(0)
    clips, captions = [torch.randn(4, 2, 4, 4) for _ in range(3)], ["a", "b", "c"]
    before = pool_fingerprint(tmp_path / "a", _write(tmp_path / "a", clips, captions))
    if change == "a value":
        clips[2] = clips[2].clone()
        clips[2][0, 1, 3, 3] += 1
    if change == "a caption":
        captions[1] = "B"
    if change == "the order":
        clips.reverse()
    after = pool_fingerprint(tmp_path / "b", _write(tmp_path / "b", clips, captions))
    assert (before == after) is is_same
