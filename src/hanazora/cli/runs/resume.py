"""`hanazora resume` and `hanazora decode`: go on with a video that was not finished."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.options.aliases import KeepRun, Stream
from hanazora.cli.progress import TerminalProgress
from hanazora.cli.runs.produce import print_produced, telling_how_to_go_on
from hanazora.core.shapes import SPACE_STRIDE

if TYPE_CHECKING:
    from hanazora.pipelines.runs.run_directory import RunDirectory

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="The NAME.run beside the video.")]


def resume(run: RunPath, stream: Stream = False, keep_run: KeepRun = False) -> None:
    """Go on with a run that was stopped or killed: the same file as without the stop."""
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.produce import load_for
    from hanazora.pipelines.produce import resume as resume_run

    tune_allocator()
    with _opened(run, keep_run) as opened:
        with telling_how_to_go_on(Path(opened.record.output)), TerminalProgress() as progress:
            produced = resume_run(load_for(opened), opened, stream=stream, progress=progress)
        print_produced(produced, opened.record.request)


def decode(
    run: RunPath,
    tile: Annotated[
        int | None, typer.Option(min=16, metavar="PX", help="Begin with tiles of this side.")
    ] = None,
    keep_run: KeepRun = False,
) -> None:
    """Decode a run whose chunks are all made, after a decode that failed."""
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.produce import decode as decode_run
    from hanazora.pipelines.produce import load_for

    tune_allocator()
    cells = None if tile is None else -(-tile // SPACE_STRIDE)
    with _opened(run, keep_run) as opened, TerminalProgress() as progress:
        produced = decode_run(load_for(opened), opened, tile_cells=cells, progress=progress)
        print_produced(produced, opened.record.request)


def _opened(path: Path, keep_run: bool) -> "RunDirectory":
    from hanazora.pipelines.runs.run_directory import RunDirectory
    from hanazora.pipelines.way_out import VIDEO_SUFFIXES, require_output_path

    run = RunDirectory.open(path)
    run.keep = keep_run
    output = Path(run.record.output)
    is_picture = run.record.request.verb == "picture"
    require_output_path(output, (output.suffix,) if is_picture else VIDEO_SUFFIXES)
    changed = run.changed_versions()
    if changed:
        print(f"warning: {', '.join(changed)} changed since; the file may differ in the last bits")
    return run
