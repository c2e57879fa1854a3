"""`hanazora connect`: make what lies between two clips."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options.aliases import ClipPrompt, GapOrder
from hanazora.cli.options.making import VideoOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def connect(
    first: Annotated[Path, typer.Argument(help="The clip that comes first.")],
    second: Annotated[Path, typer.Argument(help="The clip it leads to, of the same size.")],
    making: VideoOptions,
    seconds: Annotated[float, typer.Option(help="How long the way between them is.")] = 1.0,
    prompt: ClipPrompt = "",
    gap_order: GapOrder = "inward",
) -> "Task":
    """Make what lies between two clips of one size and one rate."""
    from hanazora.pipelines.verbs.tasks import connect_task

    return connect_task(
        first,
        second,
        making.autoencoder_sha256(),
        seconds=seconds,
        prompt=prompt,
        settings=making.settings(gap_order),
    )
