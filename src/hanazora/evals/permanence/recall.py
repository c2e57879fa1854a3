"""Does memory bring back what is about to reappear, and is it worth anything to the network?

Two measurements on the truth's own latents, cheap enough to compare many settings:

- recall: how often a retrieved frame shows the thing that comes back next, which the world knows.
  "Recent" and "random" are what any rule has to beat.
- worth: the error of the predicted latents where the thing reappears, when everything before is
  the truth. A memory that helps lowers it there and leaves the rest of the picture alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import comb
from typing import NamedTuple, get_args

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE
from hanazora.diffusion.path import add_noise, predicted_latents
from hanazora.evals.permanence.absence import (
    GIVEN_LATENTS,
    LATENTS_PER_S,
    RETURN_LATENTS,
    embed,
    plan_absence,
    true_timeline,
)
from hanazora.evals.permanence.cases import Case
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.context.retrieval import LatentIndex, Rule
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.plan import PlannedChunk
from hanazora.pipelines.rollout import Rollout, mean_embed
from hanazora.pipelines.sampler import SamplerConfig

WINDOW = 2
"""Latent frames right before the return that are in view anyway."""
SIGMAS = (0.6, 0.8, 0.95)
"""Noise levels at which worth is measured: at these it is decided what is there."""


def shows(case: Case) -> list[int]:
    """Return which given latent frames show at least half of the thing for half of their time."""
    areas = [0 if box is None else _area(box) for box in case.drawing.boxes]
    clear = [area >= 0.5 * areas[0] for area in areas]
    return [
        frame
        for frame in range(1, GIVEN_LATENTS)
        if sum(clear[TIME_STRIDE * (frame - 1) + 1 : TIME_STRIDE * frame + 1]) >= TIME_STRIDE // 2
    ]


def measure_recall(
    model: TextToVideo, case: Case, latents: Float[Tensor, "z lt lh lw"], seconds: int, count: int
) -> dict[str, float]:
    """Return by rule how surely one of `count` retrieved frames shows what comes back.

    The first frame is no candidate: it is the sink.

    Args:
        model: reads the prompts.
        case: the story.
        latents: its truth, encoded.
        seconds: of absence.
        count: frames that are brought back.
    """
    timeline = true_timeline(latents, seconds)
    end = GIVEN_LATENTS + LATENTS_PER_S * seconds
    seen = list(range(end - WINDOW, end))
    candidates, right = list(range(1, end - WINDOW)), set(shows(case))
    prompts = torch.stack([mean_embed(model.embed(t)) for t in (case.told.away, case.told.back)])
    found = {"recent": candidates[-count:]}
    for rule in get_args(Rule):
        index = LatentIndex(prompts, rule)
        index.add(0, timeline[:, :end], 0)
        found[rule] = index.recall(candidates, seen, count, 1)
    chance = 1 - comb(len(candidates) - len(right), count) / comb(len(candidates), count)
    return {name: float(bool(right & set(got))) for name, got in found.items()} | {"random": chance}


class Worth(NamedTuple):
    """Squared error of the predicted latents, over that of predicting nothing."""

    thing: float
    """Where the thing reappears."""
    later: float
    """Where the thing is in the chunks after, when the window shows it already."""
    rest: float
    """Everywhere else in these chunks."""
    away: float
    """The whole picture of the last chunk before: what is remembered must not come too early."""


def measure_worth(
    model: TextToVideo,
    case: Case,
    latents: Float[Tensor, "z lt lh lw"],
    memories: Mapping[str, MemoryConfig],
    *,
    seconds: int,
    lead_in: int = 0,
) -> dict[str, Worth]:
    """Return the error at the return for every memory.

    Args:
        model: what is measured.
        case: the story.
        latents: its truth, encoded.
        memories: what chunks look at, by name.
        seconds: of absence.
        lead_in: seconds without the thing put before the story, so that the sink has not seen it.
    """
    timeline = true_timeline(latents, seconds)
    empty = latents[:, GIVEN_LATENTS : GIVEN_LATENTS + 1]
    if lead_in:
        before = empty.repeat(1, LATENTS_PER_S * lead_in, 1, 1)
        timeline = torch.cat([empty, before, timeline[:, 1:]], dim=1)
    sampler = replace(model.model.sampler, guidance_scale=1.0)
    mask = _thing(case, latents)
    return {
        name: _worth(model, case, timeline, mask, replace(sampler, memory=memory))
        for name, memory in memories.items()
    }


def _worth(
    model: TextToVideo, case: Case, timeline: Tensor, mask: Tensor, sampler: SamplerConfig
) -> Worth:
    length = timeline.shape[1] - GIVEN_LATENTS - RETURN_LATENTS
    plan = plan_absence(model.geometry, case.drawing.size, length // LATENTS_PER_S)
    prompts = [embed(model, text, sampler) for text in (case.told.away, case.told.back)]
    pieces = {i: timeline[:, c.first_frame : c.end_frame] for i, c in enumerate(plan.chunks)}
    start = timeline.shape[1] - RETURN_LATENTS
    sums = torch.zeros(4, 2)  # the parts of Worth x (error, energy)
    for index, chunk in enumerate(plan.chunks):
        if chunk.end_frame < start:
            continue
        given = {other: piece for other, piece in pieces.items() if other < index}
        noise = torch.randn(pieces[index].shape, generator=torch.Generator().manual_seed(index))
        energy = pieces[index].square().mean(dim=0)
        parts = _parts(mask, chunk, start)
        for sigma in SIGMAS:
            level = torch.tensor(sigma)
            rollout = Rollout(model.model.transformer, prompts, plan, 0, sampler)
            noisy = add_noise(pieces[index], noise, level)
            guess = predicted_latents(noisy, rollout.predict(index, given, noisy, sigma), level)
            error = (guess - pieces[index]).square().mean(dim=0)
            for row, part in enumerate(parts):
                sums[row] += torch.stack([error[part].sum(), energy[part].sum()])
    return Worth(*(float(error / energy.clamp_min(1e-9)) for error, energy in sums))


def _parts(mask: Tensor, chunk: PlannedChunk, start: int) -> list[Tensor]:
    """Return which cells of a chunk count for each part of `Worth`."""
    if chunk.first_frame < start:
        whole = torch.ones(chunk.num_frames, *mask.shape[1:], dtype=torch.bool)
        return [~whole, ~whole, ~whole, whole]
    thing = mask[chunk.first_frame - start : chunk.end_frame - start]
    first = torch.full_like(thing, chunk.first_frame == start)
    return [thing & first, thing & ~first, ~thing, torch.zeros_like(thing)]


def _thing(case: Case, latents: Tensor) -> Bool[Tensor, "lt lh lw"]:
    """Return the latent cells of the return that show the thing in any of their frames."""
    mask = torch.zeros(RETURN_LATENTS, *latents.shape[2:], dtype=torch.bool)
    boxes = case.drawing.boxes[-RETURN_LATENTS * TIME_STRIDE :]
    for number, box in enumerate(boxes):
        if box is not None:
            left, top, right, bottom = box
            rows = slice(top // SPACE_STRIDE, -(-bottom // SPACE_STRIDE))
            columns = slice(left // SPACE_STRIDE, -(-right // SPACE_STRIDE))
            mask[number // TIME_STRIDE, rows, columns] = True
    return mask


def _area(box: Sequence[int]) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
