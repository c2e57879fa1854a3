"""Make one video with progress on the terminal, and say how to go on where it was stopped."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hanazora.cli.options.making import PictureOptions, VideoOptions
from hanazora.cli.progress import TerminalProgress
from hanazora.cli.starting import starting
from hanazora.core.errors import CancelledError, OutputError, RunKeptError
from hanazora.pipelines.request import GenerateRequest

if TYPE_CHECKING:
    from hanazora.pipelines.generate import TextToVideo
    from hanazora.pipelines.produce import Produced
    from hanazora.pipelines.verbs.tasks import Task


def make(task: "Task", path: Path, making: PictureOptions) -> None:
    """Make and publish one video or picture, with progress on the terminal."""
    # Loads torch: everything that can be refused without it was refused above.
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.preflight.estimate import require_fit

    tune_allocator()
    require_fit(task.request, making.model_dir, making.pick_device(), path)
    if isinstance(making, VideoOptions):
        _make_video(task, path, making)
    else:
        _make_picture(task, path, making)


def _make_video(task: "Task", path: Path, making: VideoOptions) -> None:
    with starting():
        from hanazora.pipelines.produce import produce

    with telling_how_to_go_on(path), TerminalProgress() as progress:
        produced = produce(
            _load(making),
            task.request,
            path,
            task.files,
            stream=making.stream,
            keep_run=making.keep_run,
            model_dir=making.model,
            progress=progress,
        )
    print_produced(produced, task.request)


def _make_picture(task: "Task", path: Path, making: PictureOptions) -> None:
    """Make and publish one picture; it is over too soon for anything to be kept on the way."""
    with TerminalProgress() as progress:
        result = _load(making).generate(task.request, progress=progress)
        published = result.save(path)
    for warning in published.warnings:
        print(f"warning: {warning}")
    size = f"{result.request.width}x{result.request.height}"
    print(f"{path}  {size}, seed {result.request.seed}, sha256 {published.sha256[:12]}")


def _load(making: PictureOptions) -> "TextToVideo":
    with starting():
        from hanazora.pipelines.generate import load

        return load(making.model, device=making.device, dtype=making.dtype)


@contextlib.contextmanager
def telling_how_to_go_on(path: Path) -> Iterator[None]:
    """Name the command that goes on after Ctrl-C or a full disk, where a chunk was kept."""
    from hanazora.pipelines.runs.run_directory import run_path

    try:
        yield
    except OutputError as error:
        run = run_path(path)
        if not run.is_dir():
            raise
        nearest = f"hanazora resume {run} when there is room"
        raise OutputError(error.what, error.rule, nearest) from error
    except (KeyboardInterrupt, CancelledError) as error:
        run = run_path(path)
        if not run.is_dir():
            raise
        raise RunKeptError(f"cancelled; to go on: hanazora resume {run}") from error


def print_produced(produced: "Produced", request: GenerateRequest) -> None:
    """Print where the video is, and how long it took."""
    published = produced.published
    for warning in published.warnings:
        print(f"warning: {warning}")
    shape = f"{request.width}x{request.height}, {request.num_frames} frames, {request.fps:g} fps"
    print(f"{published.path}  {shape}, seed {request.seed}, sha256 {published.sha256[:12]}")
    print(f"first frame after {produced.first_frame_s:.1f} s, all after {produced.seconds:.1f} s")
    if produced.run is not None:
        print(f"run kept in {produced.run}")
