"""`hanazora animate`: let pictures move."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options import Fps, Seconds
from hanazora.cli.options.making import VideoOptions
from hanazora.core.errors import UserError
from hanazora.pipelines.request import DEFAULT_FPS, DEFAULT_SECONDS

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def animate(
    prompt: Annotated[str, typer.Argument(help="What happens.")],
    images: Annotated[
        list[str],
        typer.Option(
            "--image", metavar="FILE@SECONDS", help="A picture and its time; without one, 0."
        ),
    ],
    making: VideoOptions,
    seconds: Seconds = None,
    fps: Fps = None,
) -> "Task":
    """Let pictures move, each pinned to its time; the video has their size."""
    from hanazora.pipelines.verbs.tasks import animate_task

    return animate_task(
        prompt,
        [parse_pin(image) for image in images],
        seconds=DEFAULT_SECONDS if seconds is None else seconds,
        fps=DEFAULT_FPS if fps is None else fps,
        settings=making.settings(),
    )


def parse_pin(text: str) -> tuple[Path, float]:
    """Read a picture and its time, as in cat.png@1.5.

    Raises:
        UserError: what follows the @ is no time.
    """
    name, mark, time_s = text.rpartition("@")
    if not mark or Path(text).is_file():
        return Path(text), 0.0
    try:
        seconds = float(time_s)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise UserError(f"--image {text!r}", "it must be FILE@SECONDS", f"{name}@0")
    return Path(name), seconds
