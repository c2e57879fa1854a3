"""Suite P, permanence: what left the picture comes back, and it is the same thing.

The first two seconds are the truth's, encoded; in them a thing goes, or the camera turns from it.
The absence and the return are made, under words that never name a colour. So the colour of what
comes back can only be known from what was seen before it left. Presence and identity are reported
apart, and only where the thing had really gone: a picture that never changes keeps everything.
Protocol V-D-R of MemoBench; specs/world-and-evaluation.md sections 1.3 and 3, suite P.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.shapes import TIME_STRIDE
from hanazora.evals.fidelity import Video
from hanazora.evals.permanence.cases import Case
from hanazora.evals.permanence.scenes import AWAY_FRAMES, FPS, GIVEN_FRAMES, RETURN_FRAMES
from hanazora.evals.references import as_video
from hanazora.evals.scene_reader import SceneReader, read_clips
from hanazora.models.transformer.model import PromptEmbeds
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.plan import Geometry, Given, Part, Plan, Run, latent_frames, lay_out
from hanazora.pipelines.rollout import Rollout, join_prompts
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.world.vocabulary import COLOURS, KINDS

GIVEN_LATENTS = latent_frames(GIVEN_FRAMES)
RETURN_LATENTS = RETURN_FRAMES // TIME_STRIDE
AWAY_LATENTS = AWAY_FRAMES // TIME_STRIDE
LATENTS_PER_S = FPS // TIME_STRIDE

_WARM_UP = 1
"""Latent frames decoded before those that are judged; the decoder carries a memory."""


class Judgement(NamedTuple):
    """What the scene reader says about one story."""

    gone: bool
    """The thing is not seen at the end of the absence."""
    returns: bool
    """Its kind is seen in the return."""
    colour: str
    """Likeliest colour of that kind in the return."""


class Shown(NamedTuple):
    """The two parts of a story that are judged."""

    away: Video
    """Its last second without the thing."""
    back: Video
    """The return."""


def plan_absence(geometry: Geometry, size: tuple[int, int], seconds: int) -> Plan:
    """Plan a story: the given part, an absence under the first prompt, a return under the second.

    Args:
        geometry: of the model.
        size: height and width in pixels.
        seconds: of absence.
    """
    runs = (
        Run(GIVEN_LATENTS, 0, Given(source=0)),
        Run(LATENTS_PER_S * seconds, 0),
        Run(RETURN_LATENTS, 1),
    )
    return plan_story(geometry, size, runs, ("away", "back"))


def plan_story(
    geometry: Geometry, size: tuple[int, int], runs: tuple[Run, ...], prompts: tuple[str, ...]
) -> Plan:
    """Plan one scene of a given beginning and what is made after it.

    Args:
        geometry: of the model.
        size: height and width in pixels.
        runs: latent frames in order of time, the given ones first.
        prompts: names of the words that the runs count to.
    """
    height, width = size
    total = sum(run.num_frames for run in runs)
    segments, chunks = lay_out([Part(runs, (total - 1) * TIME_STRIDE + 1)], geometry)
    rows, columns = geometry.latent_size(height, width)
    return Plan(
        verb="extend",
        width=width,
        height=height,
        fps=float(FPS),
        latent_height=rows,
        latent_width=columns,
        prompts=prompts,
        segments=segments,
        chunks=chunks,
        order=tuple(i for i, chunk in enumerate(chunks) if chunk.given is None),
    )


def true_timeline(latents: Float[Tensor, "z lt lh lw"], seconds: int) -> Tensor:
    """Hold the absence of an encoded story, in which nothing moves, for some seconds."""
    away = latents[:, GIVEN_LATENTS : GIVEN_LATENTS + AWAY_LATENTS]
    held = away[:, -1:].repeat(1, LATENTS_PER_S * seconds - AWAY_LATENTS, 1, 1)
    return torch.cat([latents[:, :GIVEN_LATENTS], away, held, latents[:, -RETURN_LATENTS:]], dim=1)


def make_returns(
    model: TextToVideo,
    case: Case,
    latents: Float[Tensor, "z lt lh lw"],
    seconds: Sequence[int],
    sampler: SamplerConfig,
    seed: int = 0,
) -> Iterator[tuple[int, Tensor]]:
    """Make a story for several lengths of absence, and yield the whole latents of each.

    The absence is made once, as long as the longest: a shorter one is its beginning, bit for bit.

    Args:
        model: what is measured.
        case: the story.
        latents: its truth, encoded.
        seconds: lengths of absence.
        sampler: how chunks are made and what they look at.
        seed: of the noise.
    """
    prompts = [embed(model, text, sampler) for text in (case.told.away, case.told.back)]
    made: dict[int, Tensor] = {}
    for length in sorted(seconds):
        plan = plan_absence(model.geometry, case.drawing.size, length)
        kept = {
            index: latents[:, chunk.first_frame : chunk.end_frame]
            for index, chunk in enumerate(plan.chunks)
            if chunk.given is not None
        }
        kept |= {index: piece for index, piece in made.items() if plan.chunks[index].prompt == 0}
        rollout = Rollout(model.model.transformer, prompts, plan, seed, sampler)
        finished = kept | {chunk.number: chunk.latents for chunk in rollout.run(kept)}
        made |= {i: piece for i, piece in finished.items() if plan.chunks[i].prompt == 0}
        yield length, torch.cat([finished[index] for index in sorted(finished)], dim=1)


def embed(model: TextToVideo, text: str, sampler: SamplerConfig) -> PromptEmbeds:
    """Embed a prompt, and beside it the null prompt where guidance needs it."""
    prompt = model.embed(text)
    return prompt if sampler.guidance_scale == 1 else join_prompts(prompt, model.embed(""))


@torch.inference_mode()
def show(model: TextToVideo, latents: Float[Tensor, "z lt lh lw"]) -> Shown:
    """Decode the parts of a story that are judged."""
    device = model.device
    tail = latents[None, :, -(_WARM_UP + AWAY_LATENTS + RETURN_LATENTS) :]
    video = model.model.autoencoder.decode(tail.to(device.torch, device.dtype))
    return split(video.float().clamp(-1, 1).cpu())


def split(video: Video) -> Shown:
    """Cut the end of a story into the absence and the return."""
    return Shown(
        video[:, :, -(AWAY_FRAMES + RETURN_FRAMES) : -RETURN_FRAMES], video[:, :, -RETURN_FRAMES:]
    )


def judge(reader: SceneReader, shown: Shown, case: Case) -> Judgement:
    """Read what is seen and compare it with what left."""
    away, back = (read_clips(reader, video)[0] for video in shown)
    kind, threshold = KINDS.index(case.kind), reader.config.kind_threshold
    return Judgement(
        gone=bool(away.kinds[kind] <= threshold),
        returns=bool(back.kinds[kind] > threshold),
        colour=COLOURS[int(back.bindings[kind].argmax())],
    )


def references(model: TextToVideo, case: Case, latents: Tensor) -> Mapping[str, Shown]:
    """Return the truth, what the autoencoder leaves of it, and two answers that make nothing."""
    truth = as_video(torch.from_numpy(case.drawing.frames))
    empty = truth[:, :, GIVEN_FRAMES - 1 : GIVEN_FRAMES]
    first = truth[:, :, :1]
    length = AWAY_FRAMES + RETURN_FRAMES
    return {
        "truth": split(truth),
        "truth through the autoencoder": show(model, latents),
        "last given frame, frozen": split(empty.repeat(1, 1, length, 1, 1)),
        "first frame, frozen": split(first.repeat(1, 1, length, 1, 1)),
    }
