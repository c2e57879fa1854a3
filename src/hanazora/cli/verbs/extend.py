"""`hanazora extend`: let a clip go on, or begin earlier."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options.aliases import ClipPrompt
from hanazora.cli.options.making import VideoOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def extend(
    clip: Annotated[Path, typer.Argument(help="A video of ours, or anyone's.")],
    making: VideoOptions,
    forward: Annotated[float, typer.Option(metavar="S", help="Seconds to add after it.")] = 0.0,
    backward: Annotated[float, typer.Option(metavar="S", help="Seconds to add before it.")] = 0.0,
    prompt: ClipPrompt = "",
) -> "Task":
    """Let a clip go on, or begin earlier; a video of ours goes on from its latents."""
    from hanazora.pipelines.verbs.tasks import extend_task

    return extend_task(
        clip,
        making.autoencoder_sha256(),
        forward_s=forward,
        backward_s=backward,
        prompt=prompt,
        settings=making.settings(),
    )
