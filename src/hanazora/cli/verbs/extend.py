"""`hanazora extend`: let a clip go on, or begin earlier."""

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


def extend(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    output: Output = None,
    forward: Annotated[float, typer.Option(metavar="S", help="Seconds to add after it.")] = 0.0,
    backward: Annotated[float, typer.Option(metavar="S", help="Seconds to add before it.")] = 0.0,
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
    """Let a clip go on, or begin earlier; a video of ours goes on from its latents."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.tasks import extend_task

        return extend_task(
            clip,
            autoencoder_sha256(model),
            forward_s=forward,
            backward_s=backward,
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
