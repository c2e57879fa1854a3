from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.packing import Packer, PackingConfig
from hanazora.diffusion.order import OrderConfig
from hanazora.diffusion.path import predicted_latents
from hanazora.diffusion.timesteps import TimestepConfig
from hanazora.models.transformer.patchify import patchify_target
from hanazora.world.labels import FIELDS, IGNORE

SIZES = [(1, 4, 6), (2, 6, 4), (5, 4, 4), (5, 4, 6), (9, 2, 8), (3, 12, 20), (1, 12, 12)]


def _tokenize(texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.tensor([[len(text) + 1, 0] for text in texts])
    return ids, ids > 0


@pytest.fixture
def packer(tmp_path: Path) -> Packer:
    writer = LatentPoolWriter(tmp_path, channels=4)
    generator = torch.Generator().manual_seed(0)
    for size in SIZES:
        writer.append(torch.randn(4, *size, generator=generator), ["a cat", "one cat sits"])
    writer.close()
    return Packer(
        pool=LatentPool(tmp_path),
        tokenize=_tokenize,
        config=PackingConfig(num_tokens=600),
        timesteps=TimestepConfig(),
        orders=OrderConfig(),
        patch_size=(1, 2, 2),
        chunk_frames=2,
        causal=True,
        seed=3,
    )


def test_a_batch_is_a_function_of_its_number(packer: Packer) -> None:
    one, again, other = packer.batch(5), packer.batch(5), packer.batch(6)
    assert torch.equal(one.noisy, again.noisy) and torch.equal(one.sigma, again.sigma)
    assert torch.equal(one.text_ids, again.text_ids)
    assert not torch.equal(one.noisy, other.noisy)


def test_native_sizes_fill_at_least_97_percent(packer: Packer) -> None:
    batches = [packer.batch(step) for step in range(50)]
    assert all(batch.layout.num_tokens == 600 for batch in batches)
    assert sum(batch.num_useful for batch in batches) / (600 * 50) >= 0.97


def test_padding_and_given_chunks_carry_no_weight(packer: Packer) -> None:
    for step in range(20):
        batch = packer.batch(step)
        assert bool((batch.weight[batch.num_useful :] == 0).all())
        sigma = batch.sigma[batch.layout.chunk_index]
        given = (batch.weight == 0)[: batch.num_useful]
        assert bool((sigma[: batch.num_useful][given] <= 0.1).all())


def test_target_and_noise_level_point_back_to_the_clip(packer: Packer) -> None:
    batch = packer.batch(0)
    # The padding is one document; every other holds a clip of the pool, whole or cut short.
    sigma = batch.sigma[batch.layout.chunk_index][:, None]
    clips = {tuple(size): packer.pool.latents(i) for i, size in enumerate(SIZES)}
    first = batch.layout.groups[0]
    rows = slice(first.first_token, first.first_token + first.num_tokens)
    # Tokens go in and come out in different channel orders: compare a token's sorted values.
    times, extent = batch.layout.positions[rows, 0], batch.layout.extents[rows][0].tolist()
    candidates = [clip for size, clip in clips.items() if [size[1] // 2, size[2] // 2] == extent]
    noisy = batch.noisy[rows].sort(-1).values
    match = False
    for clip in candidates:
        if int(times.max()) >= clip.shape[1]:
            continue
        frames = clip[:, times.unique()]
        data = patchify_target(frames, (1, 2, 2))
        noise = batch.target[rows] + data
        mixed = (1 - sigma[rows]) * data + sigma[rows] * noise
        match = match or bool(torch.allclose(mixed.sort(-1).values, noisy, atol=1e-4))
    assert match
    assert predicted_latents(noisy, batch.target[rows], sigma[rows]).isfinite().all()


def test_tokens_that_show_a_thing_count_more(packer: Packer, tmp_path: Path) -> None:
    kind = list(FIELDS).index("kind")
    labels = torch.full((1, 4, 6, len(FIELDS)), IGNORE, dtype=torch.uint8)
    labels[..., kind] = 0
    labels[:, 2:, 4:, kind] = 3  # the last of the 2 x 3 tokens
    writer = LatentPoolWriter(tmp_path / "labelled", channels=4)
    writer.append(torch.randn(4, 1, 4, 6), ["a cat"], labels.numpy())
    writer.close()
    config = replace(packer.config, num_tokens=16, object_weight=4.0, first_chunk_weight=1.0)
    packer = replace(packer, pool=LatentPool(tmp_path / "labelled"), config=config)
    assert packer.batch(0).weight.tolist() == [1, 1, 1, 1, 1, 4] * 2 + [0] * 4


@pytest.mark.parametrize(("video_share", "is_video"), [(0.0, False), (1.0, True)])
def test_the_share_of_videos_is_chosen(packer: Packer, video_share: float, is_video: bool) -> None:
    config = replace(packer.config, video_share=video_share, shorten=0.0)
    packer = replace(packer, config=config)
    for step in range(5):
        batch = packer.batch(step)
        moments = batch.layout.positions[: batch.num_useful, 0]
        moves = [
            len(moments[group.first_token :][: group.num_tokens].unique()) > 1
            for group in batch.layout.groups
            if group.first_token < batch.num_useful
        ]
        assert moves == [is_video] * len(moves)


def test_a_share_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="video_share is 1.5"):
        PackingConfig(video_share=1.5)


def test_a_clip_longer_than_the_sequence_is_an_error(packer: Packer) -> None:
    tight = Packer(
        pool=packer.pool,
        tokenize=_tokenize,
        config=PackingConfig(num_tokens=16, shorten=0.0),
        timesteps=packer.timesteps,
        orders=packer.orders,
        patch_size=(1, 1, 1),
        chunk_frames=2,
        causal=True,
        seed=0,
    )
    with pytest.raises(ValueError, match="num_tokens = 16"):
        tight.batch(0)
