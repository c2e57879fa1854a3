import pytest
import torch

from hanazora.core.errors import CancelledError, NonFiniteError
from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.pipelines.rollout import MadeChunk, Rollout, SamplerConfig, StepEvent, join_prompts

SHAPE = LatentShape(6, 4, 6)


@pytest.fixture
def transformer() -> VideoTransformer:
    torch.manual_seed(0)
    config = VideoTransformerConfig(
        in_channels=3,
        hidden_size=32,
        num_layers=2,
        num_heads=2,
        mlp_size=48,
        text_dim=8,
        freq_dim=16,
    )
    return VideoTransformer(config).requires_grad_(False).eval()


@pytest.fixture
def prompt() -> PromptEmbeds:
    generator = torch.Generator().manual_seed(1)
    embeds = torch.randn(2, 4, 8, generator=generator)
    return PromptEmbeds(embeds, torch.ones(2, 4, dtype=torch.bool))


def _join(made: list[MadeChunk]) -> torch.Tensor:
    made = sorted(made, key=lambda item: item.chunk.first_frame)
    return torch.cat([item.latents for item in made], dim=1)


@pytest.mark.parametrize("order", [None, [3, 0, 2, 1]])
def test_cached_equals_uncached(
    transformer: VideoTransformer, prompt: PromptEmbeds, order: list[int] | None
) -> None:
    sampler = SamplerConfig(num_inference_steps=3, context_sigma=0.05)
    latents = [
        _join(list(Rollout(transformer, prompt, SHAPE, 7, sampler, use_cache=use_cache).run(order)))
        for use_cache in (True, False)
    ]
    assert latents[0].shape == (3, *SHAPE)
    assert (latents[0] - latents[1]).abs().max() < 1e-4


def test_a_bounded_context_changes_later_chunks_only(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    shape = SHAPE._replace(frames=10)
    samplers = [SamplerConfig(num_inference_steps=2, max_context_chunks=n) for n in (None, 2)]
    whole, bounded = (
        list(Rollout(transformer, prompt, shape, 7, sampler).run()) for sampler in samplers
    )
    torch.testing.assert_close(whole[2].latents, bounded[2].latents)
    assert (whole[4].latents - bounded[4].latents).abs().max() > 1e-5
    with pytest.raises(ValueError, match="needs the cache"):
        Rollout(transformer, prompt, shape, 7, samplers[1], use_cache=False)


def test_given_chunks_are_context_and_are_not_made_again(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    sampler = SamplerConfig(num_inference_steps=2)
    first, second = (torch.full((3, 1, 4, 6), value) for value in (0.5, -0.5))
    made = [
        list(Rollout(transformer, prompt, SHAPE, 7, sampler).run(given={0: given}))
        for given in (first, second)
    ]
    assert [item.chunk.first_frame for item in made[0]] == [1, 3, 5]
    assert (made[0][0].latents - made[1][0].latents).abs().max() > 1e-4


def test_the_seed_decides_everything(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    sampler = SamplerConfig(num_inference_steps=2)
    runs = [_join(list(Rollout(transformer, prompt, SHAPE, s, sampler).run())) for s in (1, 1, 2)]
    assert torch.equal(runs[0], runs[1]) and not torch.equal(runs[0], runs[2])


def test_a_step_can_cancel(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    seen: list[StepEvent] = []

    def stop(event: StepEvent) -> None:
        seen.append(event)
        if len(seen) == 3:
            raise CancelledError

    rollout = Rollout(
        transformer, prompt, SHAPE, 7, SamplerConfig(num_inference_steps=2), on_step=stop
    )
    with pytest.raises(CancelledError):
        list(rollout.run())
    assert [(e.chunk, e.step) for e in seen] == [(0, 1), (0, 2), (1, 1)]


def test_a_non_finite_value_stops_the_run(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    transformer.proj_out.weight[0, 0] = float("nan")
    with pytest.raises(NonFiniteError, match="chunk 0"):
        list(Rollout(transformer, prompt, SHAPE, 7, SamplerConfig(num_inference_steps=2)).run())


def test_joined_prompts_are_padded_to_the_longer() -> None:
    long, short = (
        PromptEmbeds(torch.ones(1, n, 8), torch.ones(1, n, dtype=torch.bool)) for n in (5, 2)
    )
    joined = join_prompts(long, short)
    assert joined.embeds.shape == (2, 5, 8)
    assert joined.mask.sum(1).tolist() == [5, 2]


def test_bad_sampler_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="num_inference_steps is 0"):
        SamplerConfig(num_inference_steps=0)
    with pytest.raises(ValueError, match="'rk4' is unknown; known are euler"):
        SamplerConfig(solver="rk4")
