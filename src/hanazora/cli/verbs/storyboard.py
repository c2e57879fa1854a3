"""`hanazora storyboard`: several shots, one after the other, from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    chosen_settings,
    make_or_plan,
)
from hanazora.cli.options import DeviceName, DtypeName

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def storyboard(
    file: Annotated[Path, typer.Argument(help="Shots as TOML or JSON.")],
    output: Output = None,
    seed: Seed = None,
    model: ModelDir = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    negative_prompt: Negative = None,
    expand: Expand = None,
    plan_only: PlanOnly = False,
    stream: Stream = False,
    keep_run: KeepRun = False,
) -> None:
    """Make the shots of a storyboard: each with its time and prompt, cut or flowing on."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.storyboard import storyboard_task

        settings = chosen_settings(seed, num_inference_steps, guidance_scale, negative_prompt)
        return storyboard_task(file, settings=settings)

    make_or_plan(
        build,
        output,
        model,
        device,
        dtype,
        expand=expand,
        plan_only=plan_only,
        stream=stream,
        keep_run=keep_run,
    )
