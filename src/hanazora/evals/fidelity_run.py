"""A whole run of the fidelity suite: prompts, videos, readings, protocol."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch

from hanazora.core.errors import UserError
from hanazora.evals.fidelity import Generate, Video, evaluate_fidelity
from hanazora.evals.references import as_video, reference_reports
from hanazora.evals.report import (
    Evaluation,
    Protocol,
    hash_prompts,
    load_evaluation,
    require_same_protocol,
)
from hanazora.evals.scene_reader import WEIGHTS_DIR, SceneReader, load_reader
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import GenerateRequest
from hanazora.world.captions import Caption
from hanazora.world.prompts import MUST_SAY, held_out_prompts
from hanazora.world.spec import SceneSpec

PROMPT_SEED = 20_261_122
"""Seed of the lists of prompts; changing it makes every older report incomparable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FidelityRun:
    """Which prompts are shown, how large, and who reads the videos."""

    split: str
    """One of `world.prompts.MUST_SAY`."""
    num_prompts: int = 200
    """How many prompts; the first ones of a longer list."""
    first_seed: int = 0
    """Seed of the first video; the others follow."""
    num_frames: int = 17
    """Frames of every video."""
    height: int = 192
    """Pixels."""
    width: int = 320
    """Pixels."""
    fps: float = 8.0
    """Frames per second."""
    reader_dir: Path | None = None
    """Scene reader; None is the bundled one."""

    def __post_init__(self) -> None:
        if self.split not in MUST_SAY:
            raise UserError(f"split {self.split!r}", f"it must be one of {', '.join(MUST_SAY)}")


class Opened(NamedTuple):
    """What a run needs before the first video."""

    prompts: list[tuple[SceneSpec, Caption]]
    reader: SceneReader
    protocol: Protocol


def measure_model(
    run: FidelityRun,
    model: TextToVideo,
    *,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    progress: Progress,
) -> Evaluation:
    """Generate the videos of a run and score them."""
    opened = open_run(run)
    progress.start("prompts", run.num_prompts)
    reports = evaluate_fidelity(
        video_maker(run, model, num_inference_steps, guidance_scale),
        [caption for _, caption in opened.prompts],
        opened.reader,
        name=model.name,
        first_seed=run.first_seed,
        on_prompt=_advance(progress),
    )
    return Evaluation(
        protocol=opened.protocol,
        reports=reports,
        sampler=sampler_facts(model, num_inference_steps, guidance_scale),
        model_hashes=model.model.weight_hashes,
    )


def video_maker(
    run: FidelityRun,
    model: TextToVideo,
    num_inference_steps: int | None,
    guidance_scale: float | None,
) -> Generate:
    """Return what makes the video of a prompt and a seed at the size of a run."""

    def generate(prompt: str, seed: int) -> Video:
        request = GenerateRequest(
            prompt=prompt, width=run.width, height=run.height, num_frames=run.num_frames,
            fps=run.fps, seed=seed, num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
        )  # fmt: skip
        return as_video(torch.from_numpy(model.generate(request).frames))

    return generate


def sampler_facts(
    model: TextToVideo, num_inference_steps: int | None, guidance_scale: float | None
) -> dict[str, str | int | float | bool | None]:
    """Return what a report says about how a model's videos were made."""
    own = model.model.sampler
    return {
        "solver": own.solver,
        "num_inference_steps": num_inference_steps or own.num_inference_steps,
        "guidance_scale": own.guidance_scale if guidance_scale is None else guidance_scale,
        "flow_shift": own.flow_shift,
        "dtype": model.device.dtype_name,
    }


def measure_references(
    run: FidelityRun, autoencoder_dir: Path | None, progress: Progress
) -> Evaluation:
    """Score the truth of a run's prompts and trivial answers."""
    opened = open_run(run)
    autoencoder = None
    if autoencoder_dir is not None:
        autoencoder = load_autoencoder(autoencoder_dir).to(torch.bfloat16)
    progress.start("renders", run.num_prompts)
    reports = reference_reports(
        opened.prompts,
        opened.reader,
        run.height,
        run.width,
        autoencoder=autoencoder,
        on_prompt=_advance(progress),
    )
    return Evaluation(protocol=opened.protocol, reports=tuple(reports))


def load_floor(protocol: Protocol, path: Path | None) -> Evaluation | None:
    """Return the reference rows of a protocol: of a file, or those shipped with the reader.

    Raises:
        UserError: the file was measured under another protocol.
    """
    if path is not None:
        floor = load_evaluation(path)
        require_same_protocol(protocol, floor.protocol)
        return floor
    shipped = WEIGHTS_DIR / f"floor_{protocol.split}.json"
    if not shipped.exists():
        return None
    found = load_evaluation(shipped)
    return found if found.protocol == protocol else None


def open_run(run: FidelityRun) -> Opened:
    """Draw the prompts of a run and load its reader; scenes are staged for its shape of picture."""
    reader, digest = load_reader(run.reader_dir)
    drawn = held_out_prompts(run.split, run.num_prompts, PROMPT_SEED, num_frames=run.num_frames)
    aspect = run.width / run.height
    prompts = [(replace(spec, aspect=aspect), caption) for spec, caption in drawn]
    said = [(caption.text, caption.asserted) for _, caption in prompts]
    protocol = Protocol(
        suite="F", split=run.split, num_prompts=run.num_prompts,
        prompts_sha256=hash_prompts(said), prompt_seed=PROMPT_SEED, first_seed=run.first_seed,
        num_frames=run.num_frames, height=run.height, width=run.width, fps=run.fps,
        reader_sha256=digest,
    )  # fmt: skip
    return Opened(prompts, reader, protocol)


def _advance(progress: Progress) -> Callable[[int], None]:
    return lambda finished: progress.advance()
