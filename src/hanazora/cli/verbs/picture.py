"""`hanazora picture`: one picture from a sentence."""

from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import makes
from hanazora.cli.options import AspectText, SizeText, chosen_size
from hanazora.cli.options.making import PictureOptions

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@makes
def picture(
    prompt: Annotated[str, typer.Argument(help="What the picture shows.")],
    making: PictureOptions,
    size: SizeText = None,
    aspect: AspectText = None,
) -> "Task":
    """Make one picture: .png, .webp or .jpg, as its name says."""
    from hanazora.pipelines.verbs.tasks import picture_task

    return picture_task(prompt, chosen_size(size, aspect), settings=making.settings())
