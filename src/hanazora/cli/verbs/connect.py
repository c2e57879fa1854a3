"""`hanazora connect`: make what lies between two clips."""

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
    Prompt,
    Seed,
    Steps,
    Stream,
    autoencoder_sha256,
    chosen_settings,
    make_or_plan,
)
from hanazora.cli.options import DeviceName, DtypeName

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def connect(
    first: Annotated[Path, typer.Argument(help="The clip that comes first.")],
    second: Annotated[Path, typer.Argument(help="The clip it leads to, of the same size.")],
    output: Output = None,
    seconds: Annotated[float, typer.Option(help="How long the way between them is.")] = 1.0,
    prompt: Prompt = "",
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
    """Make what lies between two clips of one size and one rate."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.tasks import connect_task

        return connect_task(
            first,
            second,
            autoencoder_sha256(model),
            seconds=seconds,
            prompt=prompt,
            settings=chosen_settings(seed, num_inference_steps, guidance_scale, negative_prompt),
        )

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
