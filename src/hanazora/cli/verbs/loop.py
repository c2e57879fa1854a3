"""`hanazora loop`: let the end of a clip lead back to its beginning."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options.aliases import ClipPrompt, GapOrder
from hanazora.cli.options.making import VideoOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def loop(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    making: VideoOptions,
    seconds: Annotated[float, typer.Option(help="How long the way back is.")] = 1.0,
    prompt: ClipPrompt = "",
    gap_order: GapOrder = "inward",
) -> "Task":
    """Add the way from the end of a clip back to its beginning, so that it plays in a circle."""
    from hanazora.pipelines.verbs.tasks import loop_task

    return loop_task(
        clip,
        making.autoencoder_sha256(),
        seconds=seconds,
        prompt=prompt,
        settings=making.settings(gap_order),
    )
