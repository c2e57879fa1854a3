"""`hanazora plan`: show what would be made: which text conditions which frames, order and cost."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import make_or_plan
from hanazora.cli.options.aliases import Expand, KeysEvery, OtherGapOrder
from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import MachineOptions, VideoOptions
from hanazora.cli.options.shape import ShapeOptions
from hanazora.core.errors import UserError
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import FORMAT, read_request

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


@folded
def plan(
    subject: Annotated[str, typer.Argument(help="A sentence, a storyboard file or a sidecar.")],
    shape: ShapeOptions,
    machine: MachineOptions,
    keys_every: KeysEvery = None,
    gap_order: OtherGapOrder = None,
    expand: Expand = None,
) -> None:
    """Show the plan of a video and make nothing; the other commands do so with --plan."""
    path = Path(subject)
    is_file = path.suffix.lower() in (".toml", ".json")
    if is_file and shape.is_said:
        raise UserError(f"{path} with a size or a duration", "the file says them already")

    def build() -> "Task":
        from hanazora.pipelines.verbs.storyboard import storyboard_task
        from hanazora.pipelines.verbs.tasks import Task

        if not is_file:
            request = GenerateRequest(prompt=subject, **shape.extent()._asdict())
        elif is_sidecar(path):
            request = read_request(path)
        else:
            request = storyboard_task(path).request
        if gap_order is not None and request.verb not in ("connect", "loop"):
            raise UserError(f"{request.verb} with --gap-order", "only connect and loop close a gap")
        return Task(
            replace(
                request,
                keys_every=keys_every or request.keys_every,
                gap_order=gap_order or request.gap_order,
            )
        )

    if is_sidecar(path):
        expand = False  # it says already what the model was told
    make_or_plan(
        build,
        VideoOptions(
            model=machine.model,
            device=machine.device,
            dtype=machine.dtype,
            expand=expand,
            plan_only=True,
        ),
    )


def is_sidecar(path: Path) -> bool:
    """Tell a sidecar from a storyboard."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # a sentence, or a storyboard, whose reader says what is wrong with it
    return isinstance(data, dict) and data.get("format") == FORMAT
