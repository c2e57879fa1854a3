"""Make one video with progress on the terminal, and say how to go on where it was stopped."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import CancelledError, RunKeptError
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.request import GenerateRequest

if TYPE_CHECKING:
    from hanazora.pipelines.produce import Produced
    from hanazora.pipelines.verbs.tasks import Task


def make(
    task: "Task",
    path: Path,
    model: Path | None,
    device: str,
    dtype: str,
    *,
    stream: bool = False,
    keep_run: bool = False,
) -> None:
    """Make and publish one video, with progress on the terminal."""
    # Loads torch: everything that can be refused without it was refused above.
    from hanazora.parallel.device import pick_device, tune_allocator
    from hanazora.pipelines.generate import load
    from hanazora.pipelines.preflight.estimate import require_fit
    from hanazora.pipelines.produce import produce

    tune_allocator()
    where = model or bundled_model_dir()
    if task.request.verb == "picture":
        _make_picture(task, path, model, device, dtype)
        return
    require_fit(task.request, where, pick_device(device, dtype), path)
    with telling_how_to_go_on(path), TerminalProgress() as progress:
        produced = produce(
            load(model, device=device, dtype=dtype),
            task.request,
            path,
            task.files,
            stream=stream,
            keep_run=keep_run,
            model_dir=model,
            progress=progress,
        )
    print_produced(produced, task.request)


def _make_picture(task: "Task", path: Path, model: Path | None, device: str, dtype: str) -> None:
    """Make and publish one picture; it is over too soon for anything to be kept on the way."""
    from hanazora.pipelines.generate import load

    with TerminalProgress() as progress:
        result = load(model, device=device, dtype=dtype).generate(task.request, progress=progress)
        published = result.save(path)
    for warning in published.warnings:
        print(f"warning: {warning}")
    size = f"{result.request.width}x{result.request.height}"
    print(f"{path}  {size}, seed {result.request.seed}, sha256 {published.sha256[:12]}")


@contextlib.contextmanager
def telling_how_to_go_on(path: Path) -> Iterator[None]:
    """Turn Ctrl-C into the command that goes on, where a finished chunk was kept."""
    from hanazora.pipelines.run_directory import run_path

    try:
        yield
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
