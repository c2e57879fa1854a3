"""`hanazora generate --prompts FILE`: many videos with one loading of the model."""

from collections.abc import Mapping
from pathlib import Path

import typer

from hanazora.cli.options.making import VideoOptions
from hanazora.cli.progress import TerminalProgress
from hanazora.cli.starting import starting
from hanazora.core.errors import UserError
from hanazora.pipelines.request import GenerateRequest

EXIT_SOME_FAILED = 1
DEFAULT_DIRECTORY = Path("videos")


def make_all(prompts: Path, defaults: Mapping[str, object], making: VideoOptions) -> None:
    """Make every line of a prompts file; exits with 1 when a line was not made.

    Args:
        prompts: a prompt or a JSON object per line.
        defaults: settings of lines that do not set them.
        making: with which model; its output is the directory for videos and `results.jsonl`.
    """
    from hanazora.pipelines.runs.batch import RESULTS_NAME, Made, make_lines, read_prompts

    directory = making.output or DEFAULT_DIRECTORY
    if directory.exists() and not directory.is_dir():
        raise UserError(f"output {directory}", "with --prompts it must be a directory")
    lines = read_prompts(prompts)
    # Loads torch: everything that can be refused without it was refused above.
    with starting():
        from hanazora.parallel.device import tune_allocator
        from hanazora.pipelines.generate import load
        from hanazora.pipelines.preflight.estimate import require_fit
        from hanazora.pipelines.produce import produce
        from hanazora.pipelines.verbs.telling import told
        from hanazora.pipelines.way_out import admit, require_output_path

        tune_allocator()
        where = making.pick_device()
        pipeline = load(making.model, device=making.device, dtype=making.dtype)

    def make(request: GenerateRequest, path: Path) -> Made:
        if making.is_expanding:
            admit(request)
            request = told(request)
        require_output_path(path)
        require_fit(request, making.model_dir, where, path)
        with TerminalProgress() as progress:
            produced = produce(pipeline, request, path, model_dir=making.model, progress=progress)
        return Made(produced.published.sha256, produced.seconds, produced.published.warnings)

    num_done = 0
    for record in make_lines(lines, defaults, directory, make):
        num_done += record.state == "done"
        print(f"line {record.line}: {record.state}  {record.output or record.error}")
    print(f"{num_done} of {len(lines)} made; {directory / RESULTS_NAME} has one record each")
    if num_done < len(lines):
        raise typer.Exit(EXIT_SOME_FAILED)
