"""A whole run of suite D: prompts, the truth and the model's videos, one row each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import UInt8
from torch import Tensor

from hanazora.core.config import to_dict
from hanazora.core.shapes import VideoShape
from hanazora.evals.drift.look import Drift, measure_drift
from hanazora.evals.drift.report import DriftReport, DriftRow
from hanazora.evals.fidelity_run import PROMPT_SEED
from hanazora.evals.scene_reader import load_reader
from hanazora.models.autoencoder.streaming import decode_stream, encode_stream
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.world.captions import Caption
from hanazora.world.clip import render_clip
from hanazora.world.prompts import held_out_prompts
from hanazora.world.spec import SceneSpec

TRUTH, RECONSTRUCTED = "true renders", "true renders through the autoencoder"
_ENCODED_AT_ONCE = 16

Frames = UInt8[Tensor, "t h w 3"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftRun:
    """What is measured."""

    split: str = "seen"
    """Which prompts: one of `world.prompts.MUST_SAY`; those with cuts or scripts are left out."""
    num_prompts: int = 8
    """How many prompts; the first ones of a longer list."""
    seconds: float = 17.0
    """Length of every video."""
    height: int = 192
    """Pixels."""
    width: int = 320
    """Pixels."""
    fps: float = 8.0
    """Frames per second."""
    seed: int = 0
    """Seed of the first video; the others follow."""
    context_sigmas: tuple[float, ...] = (0.0, 0.1)
    """Noise on what was made before it is looked at: one row of the model for each."""
    with_truth: bool = True
    """Whether the truth is rendered beside; a minute of it takes minutes."""
    reader_dir: Path | None = None
    """Scene reader; None is the bundled one."""

    @property
    def num_frames(self) -> int:
        """Frames of every video."""
        return max(round(self.seconds * self.fps), 2)


class _Case(NamedTuple):
    spec: SceneSpec
    caption: Caption

    @property
    def kind(self) -> str:
        return self.spec.subjects[0].kind


def measure_rows(
    run: DriftRun, model: TextToVideo, sampler: SamplerConfig, progress: Progress
) -> DriftReport:
    """Make and measure all videos.

    Args:
        run: what is measured.
        model: makes the videos.
        sampler: how, but for the noise on its context.
        progress: told about every finished video.
    """
    reader, digest = load_reader(run.reader_dir)
    cases = list(_cases(run))
    makers = dict(_makers(run, model, sampler))
    progress.start("videos", len(cases) * len(makers) + (2 * len(cases) if run.with_truth else 0))
    found: dict[str, list[Drift]] = {}

    def note(name: str, frames: Frames, case: _Case) -> None:
        found.setdefault(name, []).append(measure_drift(frames, run.fps, case.kind, reader))
        progress.advance()

    for number, case in enumerate(cases):
        if run.with_truth:
            truth = render_clip(case.spec, run.height, run.width).frames
            note(TRUTH, truth, case)
            note(RECONSTRUCTED, pass_through(model, truth), case)
        for name, make in makers.items():
            note(name, make(case.caption.text, run.seed + number), case)
    rows = tuple(DriftRow(name=name, drifts=tuple(drifts)) for name, drifts in found.items())
    settings = {
        **to_dict(run), "sampler": to_dict(sampler), "reader": digest,
        "model": model.model.weight_hashes, "prompts": [case.caption.text for case in cases],
    }  # fmt: skip
    settings["reader_dir"] = None  # a path says nothing to others; the hash does
    return DriftReport(settings=settings, rows=rows)


def _cases(run: DriftRun) -> Iterator[_Case]:
    """Yield prompts of one unbroken scene."""
    wanted, count = run.num_prompts, 2 * run.num_prompts + 8
    while True:
        drawn = held_out_prompts(run.split, count, PROMPT_SEED, num_frames=run.num_frames)
        cases = [_Case(spec, said) for spec, said in drawn if not spec.shots and not spec.script]
        if len(cases) >= wanted:
            yield from cases[:wanted]
            return
        count *= 2


def _makers(
    run: DriftRun, model: TextToVideo, sampler: SamplerConfig
) -> Iterator[tuple[str, Callable[[str, int], Frames]]]:
    for sigma in run.context_sigmas:
        name = f"{model.name}, context noise {sigma:g}" if sigma else f"{model.name}, no noise"
        yield name, _maker(run, model, replace(sampler, context_sigma=sigma))


def _maker(
    run: DriftRun, model: TextToVideo, sampler: SamplerConfig
) -> Callable[[str, int], Frames]:
    def make(prompt: str, seed: int) -> Frames:
        request = GenerateRequest(
            prompt=prompt, width=run.width, height=run.height, num_frames=run.num_frames,
            fps=run.fps, seed=seed,
        )  # fmt: skip
        job = replace(model.prepare(request), sampler=sampler)
        pieces = [torch.from_numpy(piece) for piece in model.frames(job, model.chunks(job))]
        return torch.cat(pieces)

    return make


@torch.inference_mode()
def pass_through(model: TextToVideo, frames: Frames) -> Frames:
    """Encode and decode frames piece by piece."""
    autoencoder, device = model.model.autoencoder, model.device

    def pieces() -> Iterator[Tensor]:
        for part in frames.split(_ENCODED_AT_ONCE):
            video = part.permute(3, 0, 1, 2)[None].float() / 127.5 - 1
            yield video.to(device.torch, device.dtype)

    shape = VideoShape(*frames.shape[:3])
    decoded: Sequence[Tensor] = [
        ((video[0].float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 3, 0)
        for video in decode_stream(autoencoder, encode_stream(autoencoder, pieces()), shape)
    ]
    return torch.cat(list(decoded)).cpu()
