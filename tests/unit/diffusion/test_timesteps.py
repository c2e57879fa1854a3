import torch

from hanazora.diffusion.noise import noise_generator
from hanazora.diffusion.timesteps import (
    TimestepConfig,
    sample_document_sigma,
    sample_sigma,
    shift_sigma,
    sigma_schedule,
)


def test_the_shift_keeps_the_ends_and_raises_the_middle() -> None:
    shifted = shift_sigma(torch.tensor([0.0, 0.5, 1.0]), 3.0)
    torch.testing.assert_close(shifted, torch.tensor([0.0, 0.75, 1.0]))


def test_drawn_levels_fill_the_range_and_follow_the_shift() -> None:
    low = sample_sigma(4000, TimestepConfig(flow_shift=1.0), noise_generator(0))
    high = sample_sigma(4000, TimestepConfig(flow_shift=4.0), noise_generator(0))
    assert 0 <= low.min() < 0.05 and 0.95 < low.max() <= 1
    assert abs(low.mean() - 0.5) < 0.02 and high.mean() > 0.7


def test_the_last_chunk_is_never_context_and_context_is_nearly_clean() -> None:
    config = TimestepConfig(context_share=1.0, clean_share=0.7)
    given_count = 0
    for seed in range(200):
        sigma, made = sample_document_sigma(4, config, noise_generator(seed))
        assert bool(made[-1])
        assert bool((sigma[~made] <= config.context_sigma).all())
        given_count += int((~made).sum())
    assert 380 < given_count < 460  # 200 * 3 * 0.7 = 420


def test_the_schedule_runs_from_noise_to_data() -> None:
    sigmas = sigma_schedule(8, 3.0)
    assert len(sigmas) == 9 and sigmas[0] == 1 and sigmas[-1] == 0
    assert bool((sigmas.diff() < 0).all())
