"""`hanazora edit`: make a clip again under another prompt."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options.making import VideoOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def edit(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    prompt: Annotated[str, typer.Argument(help="What it should show instead.")],
    making: VideoOptions,
    strength: Annotated[
        float | None,
        typer.Option(help="How far to go from the clip, above 0 to 1; 0.6 where none is given."),
    ] = None,
) -> "Task":
    """Make a clip again under another prompt, keeping as much of it as the strength leaves."""
    from hanazora.pipelines.verbs.tasks import edit_task

    return edit_task(
        clip,
        prompt,
        making.autoencoder_sha256(),
        strength=strength,
        settings=making.settings(),
    )
