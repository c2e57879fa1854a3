"""`hanazora generate`: one sentence to a video file."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

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
from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import UserError
from hanazora.pipelines.request import DEFAULT_FPS, GenerateRequest
from hanazora.pipelines.sidecar import read_request
from hanazora.pipelines.way_out import require_output_path

_NAME_WORDS = 6


def generate(
    prompt: Annotated[str | None, typer.Argument(help="What the video shows.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .mp4 file; named after the prompt.")
    ] = None,
    seconds: Seconds = None,
    num_frames: NumFrames = None,
    size: SizeText = None,
    aspect: AspectText = None,
    fps: Fps = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed makes the same file; 0 where none is given.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
    ] = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    num_inference_steps: Annotated[
        int | None, typer.Option(help="Denoising steps per chunk; else the model's own.")
    ] = None,
    guidance_scale: Annotated[
        float | None, typer.Option(help="Strength of the prompt; else the model's own.")
    ] = None,
    negative_prompt: Annotated[
        str | None, typer.Option(help="What the video should not show.")
    ] = None,
    sidecar: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Make the video of this sidecar again."),
    ] = None,
) -> None:
    """Make a video from a sentence."""
    changes = {
        "prompt": prompt,
        "seed": seed,
        "num_inference_steps": num_inference_steps,
        "guidance_scale": guidance_scale,
        "negative_prompt": negative_prompt,
    }
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if sidecar is not None:
        if any(value is not None for value in (seconds, num_frames, size, aspect, fps)):
            rule = "the sidecar already says the size, the duration and the rate"
            raise UserError("--from with another size or duration", rule)
        request = replace(read_request(sidecar), **given)
    elif prompt is None:
        raise UserError("there is no prompt", "", 'hanazora generate "cherry blossoms in the snow"')
    else:
        rate = DEFAULT_FPS if fps is None else fps
        width, height = chosen_size(size, aspect)
        frames = chosen_frames(seconds, num_frames, rate)
        shape: dict[str, Any] = {"width": width, "height": height, "num_frames": frames}
        request = GenerateRequest(**{**shape, "fps": rate, **given})
    path = output or Path(file_name(request.prompt))
    make(request, path, model, device, dtype)


def make(request: GenerateRequest, path: Path, model: Path | None, device: str, dtype: str) -> None:
    """Generate and publish one video, with progress on the terminal."""
    require_output_path(path)
    # Loads torch: everything that can be refused without it was refused above.
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load

    tune_allocator()
    with TerminalProgress() as progress:
        result = load(model, device=device, dtype=dtype).generate(request, progress=progress)
        published = result.save(path, progress=progress)
    for warning in published.warnings:
        print(f"warning: {warning}")
    shape = f"{request.width}x{request.height}, {request.num_frames} frames, {request.fps:g} fps"
    print(f"{published.path}  {shape}, seed {request.seed}, sha256 {published.sha256[:12]}")


def file_name(prompt: str) -> str:
    """Return a file name made of the first words of a prompt."""
    words = re.findall(r"[a-z0-9]+", prompt.lower())[:_NAME_WORDS]
    return ("-".join(words)[:60] or "video") + ".mp4"
