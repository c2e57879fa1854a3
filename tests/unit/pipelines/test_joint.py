from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.core.errors import CancelledError, NonFiniteError
from hanazora.core.shapes import LatentShape
from hanazora.diffusion.noise import sample_noise
from hanazora.diffusion.timesteps import sigma_schedule
from hanazora.media.pictures import write_png
from hanazora.models.transformer.layout import Chunk, Document, build_layout
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.models.transformer.patchify import patchify, token_grid, unpatchify
from hanazora.parallel.device import pick_device
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.joint import JointRollout, rollout_for
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.plan import Given, Plan, Segment, plain_plan
from hanazora.pipelines.rollout import Rollout, StepEvent
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.verbs.tasks import Settings

SHAPE = LatentShape(5, 4, 4)
EULER = SamplerConfig(num_inference_steps=3, guidance_scale=1.0, solver="euler")
CONFIG = VideoTransformerConfig(
    in_channels=3, hidden_size=32, num_layers=2, num_heads=2, mlp_size=48, text_dim=8,
    freq_dim=16, causal=False,
)  # fmt: skip


@pytest.fixture
def transformer() -> VideoTransformer:
    torch.manual_seed(0)
    return VideoTransformer(CONFIG).requires_grad_(False).eval()


def _prompt(seed: int) -> PromptEmbeds:
    embeds = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(seed))
    return PromptEmbeds(embeds, torch.ones(1, 4, dtype=torch.bool))


def _plan(*given: int) -> Plan:
    plan = plain_plan(SHAPE, 2)
    chunks = tuple(
        replace(chunk, given=Given(source=0, first_frame=chunk.first_frame))
        if i in given
        else chunk
        for i, chunk in enumerate(plan.chunks)
    )
    order = tuple(i for i in plan.order if i not in given)
    return replace(plan, chunks=tuple(chunks), order=order)


def _latents(num_frames: int, seed: int = 3) -> torch.Tensor:
    return torch.randn(3, num_frames, 4, 4, generator=torch.Generator().manual_seed(seed))


def _run(transformer: VideoTransformer, plan: Plan, given: dict[int, torch.Tensor]) -> torch.Tensor:
    made = JointRollout(transformer, [_prompt(1)], plan, 7, EULER).run(given)
    return torch.cat([item.latents for item in sorted(made, key=lambda m: m.number)], dim=1)


def test_the_model_says_how_its_chunks_are_made() -> None:
    assert rollout_for(CONFIG) is JointRollout
    assert rollout_for(replace(CONFIG, causal=True)) is Rollout


def test_one_document_is_denoised_as_a_whole(transformer: VideoTransformer) -> None:
    """The same, written out: three steps of Euler over one sequence without a mask."""
    layout = build_layout([Document(LatentShape(1, 2, 2), (Chunk(0, 5),))], causal=False)
    latents = torch.cat([sample_noise(7, i, (3, n, 4, 4)) for i, n in enumerate((1, 2, 2))], dim=1)
    sigmas = sigma_schedule(3, EULER.flow_shift).tolist()
    for sigma, sigma_next in zip(sigmas, sigmas[1:], strict=False):
        tokens = patchify(latents, CONFIG.patch_size)
        velocity, _ = transformer(tokens, torch.tensor([sigma]), layout, _prompt(1))
        grid = token_grid(SHAPE, CONFIG.patch_size)
        latents = latents + (sigma_next - sigma) * unpatchify(velocity, grid, CONFIG.patch_size)
    found = _run(transformer, _plan(), {})
    assert (found - latents).abs().max() < 0.005  # kept in fp16


def test_what_is_given_is_held_and_seen_from_both_sides(transformer: VideoTransformer) -> None:
    first, last = _latents(1), _latents(2, 4)
    made = _run(transformer, _plan(0, 2), {0: first, 2: last})
    assert made.shape == (3, 2, 4, 4)
    assert not torch.allclose(made, _run(transformer, _plan(0, 2), {0: -first, 2: last}))
    assert not torch.allclose(made, _run(transformer, _plan(0, 2), {0: first, 2: -last}))


def test_a_cut_off_run_comes_out_the_same(transformer: VideoTransformer) -> None:
    whole = _run(transformer, _plan(), {})
    again = list(JointRollout(transformer, [_prompt(1)], _plan(), 7, EULER).run({1: whole[:, 1:3]}))
    assert [item.number for item in again] == [0, 2]
    assert torch.equal(again[1].latents, whole[:, 3:])
    finished = {0: whole[:, :1], 1: whole[:, 1:3], 2: whole[:, 3:]}
    assert list(JointRollout(transformer, [_prompt(1)], _plan(), 7, EULER).run(finished)) == []


def test_each_chunk_is_made_under_its_own_prompt(transformer: VideoTransformer) -> None:
    plan = _plan()
    chunks = (*plan.chunks[:2], replace(plan.chunks[2], prompt=1))
    plan = replace(plan, prompts=("a", "b"), chunks=chunks)

    def run(*prompts: PromptEmbeds) -> list[torch.Tensor]:
        once = replace(EULER, num_inference_steps=1)
        return [item.latents for item in JointRollout(transformer, prompts, plan, 7, once).run()]

    both, other_end, other_start = (
        run(_prompt(1), _prompt(2)), run(_prompt(1), _prompt(3)), run(_prompt(4), _prompt(2))
    )  # fmt: skip
    assert torch.equal(both[0], other_end[0]) and not torch.equal(both[2], other_end[2])
    assert torch.equal(both[2], other_start[2]) and not torch.equal(both[0], other_start[0])


def test_scenes_do_not_see_each_other_and_an_edit_starts_from_its_clip(
    transformer: VideoTransformer,
) -> None:
    plan = _plan()
    segments = (
        Segment(first_frame=0, num_latent_frames=3, num_frames=9),
        Segment(first_frame=3, num_latent_frames=2, num_frames=5, scene=1),
    )
    chunks = (*plan.chunks[:2], replace(plan.chunks[2], segment=1))
    cut = replace(plan, segments=segments, chunks=chunks)
    apart, together = _run(transformer, cut, {}), _run(transformer, plan, {})
    assert not torch.allclose(apart[:, :3], together[:, :3])
    edit = replace(plan, strength=0.2, init_source=0)
    clip = _latents(5)
    items = JointRollout(transformer, [_prompt(1)], edit, 7, EULER).run(None, clip)
    edited = torch.cat([item.latents for item in items], dim=1)
    assert (edited - clip).abs().mean() < (together - clip).abs().mean()


def test_every_chunk_tells_its_steps_and_may_stop(transformer: VideoTransformer) -> None:
    events = list[StepEvent]()
    list(JointRollout(transformer, [_prompt(1)], _plan(), 7, EULER, on_step=events.append).run())
    assert len(events) == 3 * 3 and events[-1] == StepEvent(2, 3, 3, 3)

    def stop(event: StepEvent) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        list(JointRollout(transformer, [_prompt(1)], _plan(), 7, EULER, on_step=stop).run())


def test_a_value_that_is_not_finite_is_an_error(transformer: VideoTransformer) -> None:
    with torch.no_grad():
        transformer.proj_out.bias.fill_(float("nan"))
    with pytest.raises(NonFiniteError, match="sigma"):
        _run(transformer, _plan(), {})


def test_every_verb_runs_on_such_a_model_and_given_frames_come_back(
    tiny_model: Model, tmp_path: Path, clip: "object"
) -> None:
    config = replace(tiny_model.transformer.config, causal=False)
    transformer = VideoTransformer(config).requires_grad_(False).eval()
    model = replace(tiny_model, transformer=transformer, weight_hashes={"autoencoder": "a"})
    pipeline = TextToVideo(model, "tiny", pick_device("cpu", "fp32"))
    write_png(tmp_path / "still.png", clip(1, 32, 48)[0])  # type: ignore[operator]
    settings = Settings(seed=5, num_inference_steps=2, guidance_scale=2.0)
    path = tmp_path / "still.png"
    start = pipeline.animate("it moves", {0.0: path}, seconds=1.0, settings=settings)
    end = pipeline.animate("it moves", {0.875: path}, seconds=1.0, settings=settings)
    assert start.frames.shape == end.frames.shape == (8, 32, 48, 3)
    assert np.array_equal(start.frames[0], end.frames[-1])  # what its latent decodes to
