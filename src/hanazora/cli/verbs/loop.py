"""`hanazora loop`: let the end of a clip lead back to its beginning."""

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


def loop(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    output: Output = None,
    seconds: Annotated[float, typer.Option(help="How long the way back is.")] = 1.0,
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
    """Add the way from the end of a clip back to its beginning, so that it plays in a circle."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.tasks import loop_task

        return loop_task(
            clip,
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
