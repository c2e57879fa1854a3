"""`hanazora picture`: one picture from a sentence."""

from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import (
    Expand,
    Guidance,
    ModelDir,
    Negative,
    Output,
    PlanOnly,
    Seed,
    Steps,
    chosen_settings,
    make_or_plan,
)
from hanazora.cli.options import AspectText, DeviceName, DtypeName, SizeText, chosen_size
from hanazora.media.picture_files import PICTURE_KINDS

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def picture(
    prompt: Annotated[str, typer.Argument(help="What the picture shows.")],
    output: Output = None,
    size: SizeText = None,
    aspect: AspectText = None,
    seed: Seed = None,
    model: ModelDir = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    negative_prompt: Negative = None,
    expand: Expand = None,
    plan_only: PlanOnly = False,
) -> None:
    """Make one picture: .png, .webp or .jpg, as its name says."""
    chosen = chosen_size(size, aspect)

    def build() -> "Task":
        from hanazora.pipelines.verbs.tasks import picture_task

        settings = chosen_settings(seed, num_inference_steps, guidance_scale, negative_prompt)
        return picture_task(prompt, chosen, settings=settings)

    make_or_plan(
        build,
        output,
        model,
        device,
        dtype,
        expand=expand,
        plan_only=plan_only,
        suffixes=tuple(PICTURE_KINDS),
    )
