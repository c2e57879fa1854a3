"""`hanazora generate`: one sentence to a video file, or the video of a sidecar once more."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hanazora.cli.making import (
    Expand,
    Guidance,
    KeepRun,
    ModelDir,
    Negative,
    Output,
    PlanOnly,
    Seed,
    Steps,
    Stream,
    file_name,
    make_or_plan,
)
from hanazora.cli.options import (
    AspectText,
    DeviceName,
    DtypeName,
    Fps,
    NumFrames,
    Seconds,
    SizeText,
    chosen_frames,
    chosen_size,
)
from hanazora.cli.runs.batch import make_all
from hanazora.core.errors import UserError
from hanazora.pipelines.request import DEFAULT_FPS, GenerateRequest
from hanazora.pipelines.sidecar import read_request

__all__ = ["file_name", "generate"]

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def generate(
    prompt: Annotated[str | None, typer.Argument(help="What the video shows.")] = None,
    output: Output = None,
    seconds: Seconds = None,
    num_frames: NumFrames = None,
    size: SizeText = None,
    aspect: AspectText = None,
    fps: Fps = None,
    seed: Seed = None,
    model: ModelDir = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    negative_prompt: Negative = None,
    hd: Annotated[
        bool, typer.Option("--hd", help="Enlarge to four times the size: 1280x720 if none is said.")
    ] = False,
    keys_every: Annotated[
        int | None,
        typer.Option(help="Make every so many-th chunk first, the rest between them."),
    ] = None,
    sidecar: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Make the video of this sidecar again."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--input", metavar="FILE", help="An input of the sidecar's video."),
    ] = None,
    prompts: Annotated[
        Path | None,
        typer.Option("--prompts", metavar="FILE", help="A prompt or JSON object per line; -o DIR."),
    ] = None,
    expand: Expand = None,
    plan_only: PlanOnly = False,
    stream: Stream = False,
    keep_run: KeepRun = False,
) -> None:
    """Make a video from a sentence."""
    changes = {
        "prompt": prompt,
        "seed": seed,
        "num_inference_steps": num_inference_steps,
        "guidance_scale": guidance_scale,
        "negative_prompt": negative_prompt,
        "keys_every": keys_every,
        "hd": hd or None,
    }
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if prompts is not None:
        if prompt is not None or sidecar is not None or plan_only:
            rule = "every line of the file is a video of its own"
            raise UserError("--prompts with a prompt, --from or --plan", rule)
        shape = _shape(seconds, num_frames, size, aspect, fps, hd=hd)
        make_all(prompts, output, {**shape, **given}, model, device, dtype)
        return
    if sidecar is not None:
        if any(value is not None for value in (seconds, num_frames, size, aspect, fps)):
            rule = "the sidecar already says the size, the duration and the rate"
            raise UserError("--from with another size or duration", rule)
        request = replace(read_request(sidecar), **given)
        if prompt is not None:
            request = replace(request, expanded_prompt="")
    elif prompt is None:
        raise UserError("there is no prompt", "", 'hanazora generate "cherry blossoms in the snow"')
    else:
        request = GenerateRequest(**_shape(seconds, num_frames, size, aspect, fps, hd=hd), **given)
    make_or_plan(
        lambda: _task(request, sidecar, files or []),
        output,
        model,
        device,
        dtype,
        expand=expand if sidecar is None or prompt is not None else False,
        plan_only=plan_only,
        stream=stream,
        keep_run=keep_run,
    )


def _shape(
    seconds: float | None,
    num_frames: int | None,
    size: str | None,
    aspect: str | None,
    fps: float | None,
    *,
    hd: bool,
) -> dict[str, Any]:
    rate = DEFAULT_FPS if fps is None else fps
    width, height = chosen_size(size, aspect, hd=hd)
    frames = chosen_frames(seconds, num_frames, rate)
    return {"width": width, "height": height, "num_frames": frames, "fps": rate}


def _task(request: GenerateRequest, sidecar: Path | None, files: list[Path]) -> "Task":
    from hanazora.pipelines.verbs.tasks import Task, find_files

    return Task(request) if sidecar is None else find_files(request, sidecar, files)
