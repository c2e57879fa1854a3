"""What every command that makes a video does with its task: plan it, make it, publish it."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from hanazora.cli.runs.produce import make
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.way_out import VIDEO_SUFFIXES, require_output_path

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Settings, Task

_NAME_WORDS = 6

Output: TypeAlias = Annotated[
    Path | None, typer.Option("--output", "-o", help="The .mp4 file; named after the prompt.")
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(help="The same seed makes the same file; 0 where none is given.")
]
ModelDir: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
]
Steps: TypeAlias = Annotated[
    int | None, typer.Option(help="Denoising steps per chunk; else the model's own.")
]
Guidance: TypeAlias = Annotated[
    float | None, typer.Option(help="Strength of the prompt; else the model's own.")
]
Negative: TypeAlias = Annotated[str | None, typer.Option(help="What the video should not show.")]
Prompt: TypeAlias = Annotated[
    str,
    typer.Option("--prompt", help="What the made part shows; else what the clip showed."),
]
PlanOnly: TypeAlias = Annotated[
    bool, typer.Option("--plan", help="Show what would be made, and make nothing.")
]


Expand: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--expand/--no-expand",
        help="Put the prompt into the model's own language first; the bundled model's default.",
        show_default=False,
    ),
]
Stream: TypeAlias = Annotated[
    bool,
    typer.Option("--stream", help="Show finished frames in NAME.stream.mp4 while others are made."),
]
KeepRun: TypeAlias = Annotated[
    bool, typer.Option("--keep-run", help="Leave NAME.run, the finished chunks, when all is done.")
]


def chosen_settings(
    seed: int | None, steps: int | None, guidance: float | None, negative: str | None
) -> "Settings":
    """Gather the options that every verb takes."""
    from hanazora.pipelines.verbs.tasks import Settings

    return Settings(
        seed=seed or 0,
        num_inference_steps=steps,
        guidance_scale=guidance,
        negative_prompt=negative or "",
    )


def make_or_plan(
    build: "Callable[[], Task]",
    output: Path | None,
    model: Path | None,
    device: str,
    dtype: str,
    *,
    expand: bool | None = None,
    plan_only: bool = False,
    stream: bool = False,
    keep_run: bool = False,
    suffixes: Sequence[str] = VIDEO_SUFFIXES,
) -> None:
    """Make the video of a task, or show its plan.

    Args:
        build: makes the task; refuses what cannot be met.
        output: the file; none is named after the prompt.
        model: the model directory; none is the bundled one.
        device: as --device.
        dtype: as --dtype.
        expand: put prompts into the model's own language; none does so for the bundled model.
        plan_only: show the plan and make nothing.
        stream: show finished frames while others are made.
        keep_run: leave the run directory when the video is done.
        suffixes: ends that the file's name may have.
    """
    if output is not None and not plan_only:
        require_output_path(output, suffixes)
    task = build()
    if model is None if expand is None else expand:
        from hanazora.cli.expand import told_request

        task = task._replace(request=told_request(task.request))
    if plan_only:
        print(plan_text(task.request, model, device, dtype), end="")
        return
    path = output or Path(file_name(task.request.prompt, suffixes[0]))
    require_output_path(path, suffixes)
    make(task, path, model, device, dtype, stream=stream, keep_run=keep_run)


def plan_text(request: GenerateRequest, model: Path | None, device: str, dtype: str) -> str:
    """Write out the plan of a request under a model, without loading its weights."""
    from hanazora.parallel.device import pick_device
    from hanazora.pipelines.model_directory import read_settings
    from hanazora.pipelines.verbs.description import describe_request

    settings = read_settings(model or bundled_model_dir())
    return describe_request(request, settings, pick_device(device, dtype).dtype.itemsize)


def autoencoder_sha256(model: Path | None) -> str:
    """Return the hash by which kept latents know their autoencoder, without loading it."""
    from hanazora.pipelines.model_directory import part_sha256

    return part_sha256(model or bundled_model_dir(), "autoencoder")


def file_name(prompt: str, suffix: str = ".mp4") -> str:
    """Return a file name made of the first words of a prompt."""
    words = re.findall(r"[a-z0-9]+", prompt.lower())[:_NAME_WORDS]
    return ("-".join(words)[:60] or "video") + suffix
