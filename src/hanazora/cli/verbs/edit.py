"""`hanazora edit`: make a clip again under another prompt."""

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
    autoencoder_sha256,
    chosen_settings,
    make_or_plan,
)
from hanazora.cli.options import DeviceName, DtypeName

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def edit(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    prompt: Annotated[str, typer.Argument(help="What it should show instead.")],
    output: Output = None,
    strength: Annotated[
        float | None,
        typer.Option(help="How far to go from the clip, above 0 to 1; 0.6 where none is given."),
    ] = None,
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
    """Make a clip again under another prompt, keeping as much of it as the strength leaves."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.tasks import edit_task

        return edit_task(
            clip,
            prompt,
            autoencoder_sha256(model),
            strength=strength,
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
