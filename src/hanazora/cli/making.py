"""What every command that makes something does with its task: plan it, make it, publish it."""

import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import MachineOptions, PictureOptions
from hanazora.cli.runs.produce import make
from hanazora.cli.starting import starting
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import sidecar_path
from hanazora.pipelines.way_out import admit, require_output_path

if TYPE_CHECKING:
    from hanazora.pipelines.verbs.tasks import Task

_NAME_WORDS = 6


def makes(command: Callable[..., "Task"]) -> Callable[..., None]:
    """Turn a function that says what is to be made into the command that makes it.

    Args:
        command: its parameters are the options of the command, one of them `making`, the
            `PictureOptions` or `VideoOptions`; it refuses what cannot be met.
    """

    @folded
    @functools.wraps(command)
    def make_it(**values: Any) -> None:
        make_or_plan(lambda: command(**values), values["making"])

    return make_it


def make_or_plan(build: Callable[[], "Task"], making: PictureOptions) -> None:
    """Make the video or picture of a task, or show its plan.

    Args:
        build: makes the task; refuses what cannot be met.
        making: how, and where it goes.
    """
    if making.output is not None and not making.plan_only:
        require_output_path(making.output, making.suffixes)
    with starting():
        task = build()
        if not making.plan_only:
            # A refused prompt is refused before anything is said about it, or loaded for it.
            admit(task.request)
    if making.is_expanding:
        from hanazora.cli.expand import told_request

        task = task._replace(request=told_request(task.request))
    if making.plan_only:
        print(plan_text(task.request, making), end="")
        return
    path = making.output or free_path(Path(file_name(task.request.prompt, making.suffixes[0])))
    require_output_path(path, making.suffixes)
    make(task, path, making)


def plan_text(request: GenerateRequest, machine: MachineOptions) -> str:
    """Write out the plan of a request under a model, without loading its weights."""
    from hanazora.pipelines.model_directory import read_settings
    from hanazora.pipelines.verbs.description import describe_request

    settings = read_settings(machine.model_dir)
    return describe_request(request, settings, machine.pick_device().dtype.itemsize)


def file_name(prompt: str, suffix: str = ".mp4") -> str:
    """Return a file name made of the first words of a prompt."""
    words = re.findall(r"[a-z0-9]+", prompt.lower())[:_NAME_WORDS]
    return ("-".join(words)[:60] or "video") + suffix


def free_path(path: Path) -> Path:
    """Return a path that is free, as is its sidecar's: the given one, or the first with a number.

    A name that the user did not choose must not cost a video that was made before.
    """
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    paths = itertools.chain([path], numbered)
    return next(each for each in paths if not (each.exists() or sidecar_path(each).exists()))
