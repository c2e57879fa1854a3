"""`hanazora storyboard`: several shots, one after the other, from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options.making import VideoOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def storyboard(
    file: Annotated[Path, typer.Argument(help="Shots as TOML or JSON.")],
    making: VideoOptions,
) -> "Task":
    """Make the shots of a storyboard: each with its time and prompt, cut or flowing on."""
    from hanazora.pipelines.verbs.storyboard import storyboard_task

    return storyboard_task(file, settings=making.settings())
