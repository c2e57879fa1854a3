"""`hanazora generate`: one sentence to a video file, or the video of a sidecar once more."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hanazora.cli.making import file_name, make_or_plan
from hanazora.cli.options.aliases import KeysEvery
from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import VideoOptions
from hanazora.cli.options.shape import ShapeOptions
from hanazora.cli.runs.batch import make_all
from hanazora.core.errors import UserError
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import read_request

__all__ = ["file_name", "generate"]

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@folded
def generate(
    shape: ShapeOptions,
    making: VideoOptions,
    prompt: Annotated[str | None, typer.Argument(help="What the video shows.")] = None,
    keys_every: KeysEvery = None,
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
) -> None:
    """Make a video from a sentence."""
    said = _said(making, prompt=prompt, keys_every=keys_every)
    if prompts is not None:
        if prompt is not None or sidecar is not None or making.plan_only:
            rule = "every line of the file is a video of its own"
            raise UserError("--prompts with a prompt, --from or --plan", rule)
        make_all(prompts, {**shape.extent()._asdict(), **said}, making)
    elif sidecar is not None:
        _make_again(sidecar, files or [], shape, said, making)
    elif prompt is None:
        raise UserError("there is no prompt", "", 'hanazora generate "cherry blossoms in the snow"')
    else:
        request = GenerateRequest(**shape.extent()._asdict(), **said)
        make_or_plan(lambda: _task(request), making)


def _said(making: VideoOptions, **others: Any) -> dict[str, Any]:
    """Return the fields of a request that the command line sets."""
    fields = {
        "seed": making.seed,
        "num_inference_steps": making.num_inference_steps,
        "guidance_scale": making.guidance_scale,
        "negative_prompt": making.negative_prompt,
        **others,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _make_again(
    sidecar: Path,
    files: list[Path],
    shape: ShapeOptions,
    said: dict[str, Any],
    making: VideoOptions,
) -> None:
    """Make the video of a sidecar, with what the command line says instead."""
    if shape.is_said:
        rule = "the sidecar already says the size, the duration and the rate"
        raise UserError("--from with another size or duration", rule)
    request = replace(read_request(sidecar), **said)
    if "prompt" in said:
        request = replace(request, expanded_prompt="")
    else:  # it says already what the model was told
        making = replace(making, expand=False)
    is_picture = request.verb == "picture"
    make_or_plan(
        lambda: _task(request, sidecar, files), making.for_picture() if is_picture else making
    )


def _task(
    request: GenerateRequest, sidecar: Path | None = None, files: list[Path] | None = None
) -> "Task":
    from hanazora.pipelines.verbs.tasks import Task, find_files

    return Task(request) if sidecar is None else find_files(request, sidecar, files or [])
