from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.data.latent_pool import LatentPool, LatentPoolWriter
from hanazora.data.packing import PackedBatch, Packer, PackingConfig
from hanazora.diffusion.noise import noise_generator
from hanazora.diffusion.order import OrderConfig
from hanazora.diffusion.timesteps import TimestepConfig
from hanazora.train.loop import train
from hanazora.train.own_past import OwnPastConfig, with_own_past
from hanazora.train.state import TrainConfig

PATCH = (1, 2, 2)
ALWAYS = OwnPastConfig(share=1.0)


@pytest.fixture
def batch(tmp_path: Path) -> PackedBatch:
    """Three chunks a clip, the first two of them given, and padding at the end."""
    writer = LatentPoolWriter(tmp_path, channels=4)
    generator = torch.Generator().manual_seed(0)
    for size in ((5, 4, 6), (5, 6, 4)):
        writer.append(torch.randn(4, *size, generator=generator), ["a cat"])
    writer.close()
    packer = Packer(
        pool=LatentPool(tmp_path),
        tokenize=lambda texts: (torch.ones(len(texts), 1).long(), torch.ones(len(texts), 1) > 0),
        config=PackingConfig(num_tokens=100, shorten=0.0),
        timesteps=TimestepConfig(context_share=1.0, clean_share=1.0, context_sigma=0.05),
        orders=OrderConfig(),
        patch_size=PATCH,
        chunk_frames=2,
        causal=True,
        seed=3,
    )
    return packer.batch(0)


def _truth(batch: PackedBatch) -> torch.Tensor:
    return batch.target


def _again(batch: PackedBatch, config: OwnPastConfig = ALWAYS) -> PackedBatch:
    return with_own_past(batch, config, PATCH, _truth, noise_generator("test"))


def _is_given(batch: PackedBatch) -> torch.Tensor:
    sigma = batch.sigma[batch.layout.chunk_index]
    return (batch.weight == 0) & (sigma < 1)


@pytest.mark.parametrize("num_steps", [1, 3])
def test_a_perfect_model_makes_the_truth_again(batch: PackedBatch, num_steps: int) -> None:
    """The path is straight: with the true velocity every number of steps leads back."""
    again = _again(batch, replace(ALWAYS, num_steps=num_steps))
    assert torch.allclose(again.noisy, batch.noisy, atol=1e-5)


def test_only_given_chunks_carry_the_errors_of_the_model(batch: PackedBatch) -> None:
    seen: list[PackedBatch] = []

    def predict(shown: PackedBatch) -> torch.Tensor:
        seen.append(shown)
        return shown.target + 0.5

    again = with_own_past(batch, ALWAYS, PATCH, predict, noise_generator("test"))
    given = _is_given(batch)
    change = (again.noisy - batch.noisy).abs().amax(-1)
    assert 0 < given.sum() < len(given) - 4
    assert change[given].min() > 0.5 * ALWAYS.lowest * 0.9
    assert change[given].max() <= 0.5 * ALWAYS.highest + 1e-5
    assert change[~given].max() == 0
    for name in ("target", "sigma", "weight"):
        assert torch.equal(getattr(again, name), getattr(batch, name))
    levels = seen[0].sigma[batch.layout.chunk_index]
    assert bool((levels[given] >= ALWAYS.lowest).all() and (levels[given] <= ALWAYS.highest).all())
    assert torch.equal(levels[~given], batch.sigma[batch.layout.chunk_index][~given])


def test_share_and_absence_of_given_chunks_leave_a_batch_alone(batch: PackedBatch) -> None:
    assert _again(batch, OwnPastConfig()) is batch
    free = batch._replace(weight=torch.ones_like(batch.weight))
    assert _again(free) is free
    generator = noise_generator("many")
    never = torch.full_like(batch.target, 9.0)
    changed = [
        with_own_past(batch, OwnPastConfig(share=0.3), PATCH, lambda _: never, generator)
        is not batch
        for _ in range(200)
    ]
    assert 0.2 < sum(changed) / 200 < 0.4


def test_training_on_the_own_past_is_reproducible_and_different(
    tiny_run: TrainConfig, tmp_path: Path
) -> None:
    short = replace(tiny_run, steps=3, timesteps=TimestepConfig(context_share=1.0, clean_share=1.0))
    own = replace(short, own_past=ALWAYS)
    losses = [
        train(config, tmp_path / name).loss
        for name, config in (("truth", short), ("own", own), ("again", own))
    ]
    assert losses[1] == losses[2] != losses[0]


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="share is 2"):
        OwnPastConfig(share=2.0)
    with pytest.raises(ValueError, match="must rise"):
        OwnPastConfig(lowest=0.9, highest=0.3)
    with pytest.raises(ValueError, match="num_steps is 0"):
        OwnPastConfig(num_steps=0)
