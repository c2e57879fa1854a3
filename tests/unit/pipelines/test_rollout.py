from dataclasses import replace

import pytest
import torch

from hanazora.core.errors import CancelledError, NonFiniteError
from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.plan import Given, Plan, PlannedChunk, plain_plan
from hanazora.pipelines.rollout import MadeChunk, Rollout, StepEvent, join_prompts
from hanazora.pipelines.sampler import SamplerConfig

SHAPE = LatentShape(6, 4, 6)
FAST = SamplerConfig(num_inference_steps=2)
EVERYTHING = MemoryConfig(trained_frames=None)


@pytest.fixture
def transformer() -> VideoTransformer:
    torch.manual_seed(0)
    config = VideoTransformerConfig(
        in_channels=3,
        hidden_size=32,
        num_layers=1,
        num_heads=2,
        mlp_size=48,
        text_dim=8,
        freq_dim=16,
    )
    return VideoTransformer(config).requires_grad_(False).eval()


@pytest.fixture
def prompt() -> PromptEmbeds:
    return _prompt(1)


def _prompt(seed: int) -> PromptEmbeds:
    generator = torch.Generator().manual_seed(seed)
    embeds = torch.randn(2, 4, 8, generator=generator)
    return PromptEmbeds(embeds, torch.ones(2, 4, dtype=torch.bool))


def _plan(num_frames: int = 6, order: list[int] | None = None, given: tuple[int, ...] = ()) -> Plan:
    plan = plain_plan(SHAPE._replace(frames=num_frames), 2, order)
    chunks = tuple(
        replace(chunk, given=Given(source=0, first_frame=chunk.first_frame))
        if i in given
        else chunk
        for i, chunk in enumerate(plan.chunks)
    )
    return replace(plan, chunks=chunks, order=tuple(i for i in plan.order if i not in given))


def _join(made: list[MadeChunk]) -> torch.Tensor:
    made = sorted(made, key=lambda item: item.number)
    return torch.cat([item.latents for item in made], dim=1)


@pytest.mark.parametrize("order", [None, [4, 0, 2, 1, 3]])
@pytest.mark.parametrize(
    "memory",
    [EVERYTHING, MemoryConfig(), MemoryConfig(trained_frames=7), MemoryConfig(sink=False)],
)
def test_cached_equals_uncached(
    transformer: VideoTransformer,
    prompt: PromptEmbeds,
    order: list[int] | None,
    memory: MemoryConfig,
) -> None:
    sampler = SamplerConfig(num_inference_steps=3, context_sigma=0.05, memory=memory)
    plan = _plan(9, order)
    latents = [
        _join(list(Rollout(transformer, [prompt], plan, 7, sampler, use_cache=use_cache).run()))
        for use_cache in (True, False)
    ]
    assert latents[0].shape == (3, 9, 4, 6)
    # Latents are kept in fp16: one unit in the last place is 0.002 at 2 to 4.
    assert (latents[0] - latents[1]).abs().max() <= 0.002


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_late_chunks_are_guided_less(
    transformer: VideoTransformer, prompt: PromptEmbeds, share: float
) -> None:
    """Chunks up to the trained length are guided in full, the others as the share says."""
    memory = MemoryConfig(trained_frames=3)
    full = SamplerConfig(num_inference_steps=3, guidance_scale=3.0, memory=memory)
    less = replace(full, late_guidance=share)
    made, plainly, whole = (
        _join(list(Rollout(transformer, [prompt], _plan(7), 7, sampler, use_cache=cached).run()))
        for sampler, cached in ((less, True), (less, False), (full, True))
    )
    assert (made - plainly).abs().max() <= 0.002  # one unit in the last place of fp16
    assert torch.equal(whole[:, :3], made[:, :3])
    assert not torch.equal(whole[:, 3:], made[:, 3:])

    early = {0: made[:, :1], 1: made[:, 1:3]}
    steady = replace(full, guidance_scale=1 + 2 * share)
    alone = prompt if share else PromptEmbeds(prompt.embeds[:1], prompt.mask[:1])
    late = _join(list(Rollout(transformer, [alone], _plan(7), 7, steady).run(early)))
    assert (late - made[:, 3:]).abs().max() <= 0.002


def test_guidance_acts_only_below_a_noise_level(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    given = {0: torch.ones(3, 1, 4, 6)}
    noisy = torch.randn(3, 2, 4, 6, generator=torch.Generator().manual_seed(2))

    def velocity(sigma: float, sampler: SamplerConfig) -> torch.Tensor:
        rollout = Rollout(transformer, [prompt], _plan(3, given=(0,)), 7, sampler)
        return rollout.predict(1, given, noisy, sigma)

    full, none = SamplerConfig(guidance_scale=3.0), SamplerConfig(guidance_scale=1.0)
    below = replace(full, max_guided_sigma=0.9)
    assert torch.equal(velocity(0.9, below), velocity(0.9, full))
    assert torch.allclose(velocity(0.95, below), velocity(0.95, none), atol=1e-5)
    assert not torch.equal(velocity(0.95, below), velocity(0.95, full))


def test_slots_show_the_network_what_left_the_picture(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    """What was seen in the second chunk only matters long after, where the words change."""
    plan = _plan(13, given=(0, 1, 2, 3, 4, 5))
    last = replace(plan.chunks[6], prompt=1)
    turned = replace(plan, chunks=(*plan.chunks[:6], last), prompts=("", "a man"))
    still = torch.ones(3, 13, 4, 6)
    moved = still.clone()
    moved[:, 1:3, :2, :2] = torch.tensor([-3.0, 3.0, -3.0])[:, None, None, None]

    def made(timeline: torch.Tensor, memory: MemoryConfig, plan: Plan) -> torch.Tensor:
        given = {i: timeline[:, c.first_frame : c.end_frame] for i, c in enumerate(plan.chunks[:6])}
        sampler = replace(FAST, memory=memory)
        return _join(list(Rollout(transformer, [prompt] * 2, plan, 7, sampler).run(given)))

    blind = MemoryConfig(num_slots=0, turn_window=2)
    slots = MemoryConfig(num_slots=4, turn_window=2)
    assert torch.equal(made(still, blind, turned), made(moved, blind, turned))
    assert torch.equal(made(still, slots, turned), made(still, blind, turned))
    for seeing in (slots, MemoryConfig()):
        assert not torch.equal(made(still, seeing, turned), made(moved, seeing, turned))
        assert torch.equal(made(still, seeing, plan), made(moved, seeing, plan))


def test_a_prediction_is_what_the_rollout_would_compute(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    plan = _plan(5, given=(0, 1))
    given = {0: torch.ones(3, 1, 4, 6), 1: torch.ones(3, 2, 4, 6)}
    noisy = torch.randn(3, 2, 4, 6, generator=torch.Generator().manual_seed(3))
    cached, plain = (
        Rollout(transformer, [prompt], plan, 7, FAST, use_cache=use).predict(2, given, noisy, 0.7)
        for use in (True, False)
    )
    assert cached.shape == noisy.shape and (cached - plain).abs().max() < 1e-4


def test_no_position_outside_the_trained_range_and_constant_memory_for_a_minute(
    transformer: VideoTransformer, prompt: PromptEmbeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = LatentShape(121, 2, 2)  # 481 frames: a minute at 8 fps
    sampler = SamplerConfig(num_inference_steps=1, memory=MemoryConfig(trained_frames=9))
    alone = PromptEmbeds(prompt.embeds[:1], prompt.mask[:1])
    rollout = Rollout(transformer, [alone], plain_plan(shape, 2), 7, sampler)
    times = set[int]()
    forward = transformer.forward

    def watched(tokens, sigma, layout, *rest):  # type: ignore[no-untyped-def]
        times.update(layout.positions[:, 0].tolist())
        return forward(tokens, sigma, layout, *rest)

    monkeypatch.setattr(transformer, "forward", watched)
    held = [rollout.num_cached_tokens for _ in rollout.run()]
    assert times == set(range(9))
    assert len(held) == 61 and max(held) == held[-1] == 7


def test_what_is_out_of_view_changes_nothing(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    plan = _plan(13, given=(0, 1, 2, 3, 4, 5))
    given = {i: torch.full((3, c.num_frames, 4, 6), 0.1 * i) for i, c in enumerate(plan.chunks[:6])}
    other = {**given, 2: torch.full((3, 2, 4, 6), 5.0)}
    window = replace(FAST, memory=MemoryConfig(num_retrieved=0))
    everything = replace(FAST, memory=EVERYTHING)
    for sampler, is_same in ((window, True), (everything, False)):
        pair = [
            _join(list(Rollout(transformer, [prompt], plan, 7, sampler).run(start)))
            for start in (given, other)
        ]
        assert torch.equal(*pair) == is_same


@pytest.mark.parametrize("field", ["sink", "num_retrieved", "retrieval", "trained_frames"])
def test_every_part_of_the_memory_can_be_turned_off(
    transformer: VideoTransformer, prompt: PromptEmbeds, field: str
) -> None:
    value = {"sink": False, "num_retrieved": 0, "retrieval": "alike", "trained_frames": 6}[field]
    base = MemoryConfig(trained_frames=7)
    results = [
        _join(list(Rollout(transformer, [prompt], _plan(13), 7, replace(FAST, memory=m)).run()))
        for m in (base, replace(base, **{field: value}))
    ]
    assert (results[0] - results[1]).abs().max() > 1e-3


def test_given_chunks_are_context_and_are_not_made_again(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    first, second = (torch.full((3, 1, 4, 6), value) for value in (0.5, -0.5))
    made = [
        list(Rollout(transformer, [prompt], _plan(given=(0,)), 7, FAST).run({0: given}))
        for given in (first, second)
    ]
    assert [item.chunk.first_frame for item in made[0]] == [1, 3, 5]
    assert (made[0][0].latents - made[1][0].latents).abs().max() > 1e-4


@pytest.mark.parametrize("order", [None, [0, 4, 1, 3, 2]])
def test_a_run_that_was_cut_off_goes_on_bit_for_bit(
    transformer: VideoTransformer, prompt: PromptEmbeds, order: list[int] | None
) -> None:
    sampler = replace(FAST, context_sigma=0.1)
    plan = _plan(9, order)
    whole = list(Rollout(transformer, [prompt], plan, 7, sampler).run())
    for cut in (1, 3):
        finished = {item.number: item.latents for item in whole[:cut]}
        rest = list(Rollout(transformer, [prompt], plan, 7, sampler).run(finished))
        assert [item.number for item in rest] == [item.number for item in whole[cut:]]
        for ours, theirs in zip(rest, whole[cut:], strict=True):
            assert torch.equal(ours.latents, theirs.latents)


def test_every_chunk_is_made_under_its_own_prompt(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    plan = replace(_plan(), prompts=("one", "two"))
    changed = replace(plan, chunks=(*plan.chunks[:2], *_under(plan.chunks[2:], 1)))
    prompts = [prompt, _prompt(2)]
    same, other = (
        list(Rollout(transformer, prompts, each, 7, FAST).run()) for each in (plan, changed)
    )
    assert torch.equal(same[1].latents, other[1].latents)
    assert (same[2].latents - other[2].latents).abs().max() > 1e-3


def _under(chunks: tuple[PlannedChunk, ...], prompt: int) -> tuple[PlannedChunk, ...]:
    return tuple(replace(chunk, prompt=prompt) for chunk in chunks)


def test_another_scene_is_out_of_view(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    first = plain_plan(SHAPE._replace(frames=3), 2)
    segment, chunks = first.segments[0], first.chunks
    later = [replace(c, first_frame=c.first_frame + 3, segment=1) for c in chunks]
    made = []
    for scene in (0, 1):
        plan = replace(
            first,
            segments=(segment, replace(segment, first_frame=3, scene=scene)),
            chunks=(*chunks, *later),
            order=(0, 1, 2, 3),
        )
        made.append(list(Rollout(transformer, [prompt], plan, 7, FAST).run()))
    assert torch.equal(made[0][1].latents, made[1][1].latents)
    assert not torch.equal(made[0][2].latents, made[1][2].latents)


def test_little_strength_stays_near_the_start(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    init = torch.full((3, *SHAPE), 0.5)
    gaps = []
    for strength in (0.05, 0.5, 1.0):
        plan = replace(_plan(), strength=strength, init_source=0)
        latents = _join(list(Rollout(transformer, [prompt], plan, 7, FAST).run(init=init)))
        gaps.append(float((latents - init).abs().mean()))
    assert gaps[0] < 0.2 < gaps[1] < gaps[2]


def test_the_seed_decides_everything(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    runs = [_join(list(Rollout(transformer, [prompt], _plan(), s, FAST).run())) for s in (1, 1, 2)]
    assert torch.equal(runs[0], runs[1]) and not torch.equal(runs[0], runs[2])


def test_a_step_can_cancel(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    seen: list[StepEvent] = []

    def stop(event: StepEvent) -> None:
        seen.append(event)
        if len(seen) == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        list(Rollout(transformer, [prompt], _plan(), 7, FAST, on_step=stop).run())
    assert [(e.chunk, e.step) for e in seen] == [(0, 1), (0, 2), (1, 1)]


def test_a_non_finite_value_stops_the_run(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    transformer.proj_out.weight[0, 0] = float("nan")
    with pytest.raises(NonFiniteError, match="chunk 0"):
        list(Rollout(transformer, [prompt], _plan(), 7, FAST).run())


def test_joined_prompts_are_padded_to_the_longer() -> None:
    long, short = (
        PromptEmbeds(torch.ones(1, n, 8), torch.ones(1, n, dtype=torch.bool)) for n in (5, 2)
    )
    joined = join_prompts(long, short)
    assert joined.embeds.shape == (2, 5, 8)
    assert joined.mask.sum(1).tolist() == [5, 2]


def test_steadiness_takes_small_differences_from_the_chunk_before(
    transformer: VideoTransformer, prompt: PromptEmbeds
) -> None:
    plan = _plan(5, given=(0,))
    given = {0: torch.ones(3, 1, 4, 6)}
    steps = [
        (_join(list(Rollout(transformer, [prompt], plan, 7, sampler).run(given))) - 1).abs().max()
        for sampler in (FAST, replace(FAST, steadiness=0.99))
    ]
    assert steps[1] < steps[0]
    with pytest.raises(ValueError, match="steadiness is 1"):
        replace(FAST, steadiness=1.0)


def test_an_edit_is_not_steadied(transformer: VideoTransformer, prompt: PromptEmbeds) -> None:
    plan = replace(_plan(3), strength=0.5, init_source=0)
    clip = torch.randn(3, 3, 4, 6, generator=torch.Generator().manual_seed(1))
    made = [
        _join(list(Rollout(transformer, [prompt], plan, 7, sampler).run(None, clip)))
        for sampler in (FAST, replace(FAST, steadiness=0.5))
    ]
    assert torch.equal(made[0], made[1])
