"""`hanazora plan`: show what would be made: which text conditions which frames, order and cost."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.making import Expand, ModelDir, make_or_plan
from hanazora.cli.options import (
    AspectText,
    DeviceName,
    DtypeName,
    Fps,
    Seconds,
    SizeText,
    chosen_frames,
    chosen_size,
)
from hanazora.pipelines.request import DEFAULT_FPS, GenerateRequest
from hanazora.pipelines.sidecar import FORMAT, read_request

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task


def plan(
    subject: Annotated[str, typer.Argument(help="A sentence, a storyboard file or a sidecar.")],
    seconds: Seconds = None,
    size: SizeText = None,
    aspect: AspectText = None,
    fps: Fps = None,
    keys_every: Annotated[
        int | None, typer.Option(help="Make every so many-th chunk first, the rest between them.")
    ] = None,
    model: ModelDir = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    expand: Expand = None,
) -> None:
    """Show the plan of a video and make nothing; the other commands do so with --plan."""

    def build() -> "Task":
        from hanazora.pipelines.verbs.storyboard import storyboard_task
        from hanazora.pipelines.verbs.tasks import Task

        path = Path(subject)
        if path.suffix.lower() in (".toml", ".json"):
            return Task(read_request(path)) if is_sidecar(path) else storyboard_task(path)
        rate = DEFAULT_FPS if fps is None else fps
        width, height = chosen_size(size, aspect)
        return Task(
            GenerateRequest(
                prompt=subject,
                width=width,
                height=height,
                num_frames=chosen_frames(seconds, None, rate),
                fps=rate,
                keys_every=keys_every,
            )
        )

    if is_sidecar(Path(subject)):
        expand = False  # it says already what the model was told
    make_or_plan(build, None, model, device, dtype, expand=expand, plan_only=True)


def is_sidecar(path: Path) -> bool:
    """Tell a sidecar from a storyboard."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # a sentence, or a storyboard, whose reader says what is wrong with it
    return isinstance(data, dict) and data.get("format") == FORMAT
