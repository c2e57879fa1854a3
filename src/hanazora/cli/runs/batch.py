"""`hanazora generate --prompts FILE`: many videos with one loading of the model."""

from collections.abc import Mapping
from pathlib import Path

import typer

from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.request import GenerateRequest

EXIT_SOME_FAILED = 1
DEFAULT_DIRECTORY = Path("videos")


def make_all(
    prompts: Path,
    output: Path | None,
    defaults: Mapping[str, object],
    model: Path | None,
    device: str,
    dtype: str,
) -> None:
    """Make every line of a prompts file; exits with 1 when a line was not made.

    Args:
        prompts: a prompt or a JSON object per line.
        output: the directory for videos and `results.jsonl`.
        defaults: settings of lines that do not set them.
        model: the model directory; none is the bundled one.
        device: as --device.
        dtype: as --dtype.
    """
    from hanazora.pipelines.batch import RESULTS_NAME, Made, make_lines, read_prompts

    directory = output or DEFAULT_DIRECTORY
    if directory.exists() and not directory.is_dir():
        raise UserError(f"output {directory}", "with --prompts it must be a directory")
    lines = read_prompts(prompts)
    # Loads torch: everything that can be refused without it was refused above.
    from hanazora.parallel.device import pick_device, tune_allocator
    from hanazora.pipelines.generate import load
    from hanazora.pipelines.preflight.estimate import require_fit
    from hanazora.pipelines.produce import produce
    from hanazora.pipelines.way_out import require_output_path

    tune_allocator()
    where = pick_device(device, dtype)
    pipeline = load(model, device=device, dtype=dtype)

    def make(request: GenerateRequest, path: Path) -> Made:
        require_output_path(path)
        require_fit(request, model or bundled_model_dir(), where, path)
        with TerminalProgress() as progress:
            produced = produce(pipeline, request, path, model_dir=model, progress=progress)
        return Made(produced.published.sha256, produced.seconds, produced.published.warnings)

    num_done = 0
    for record in make_lines(lines, defaults, directory, make):
        num_done += record.state == "done"
        print(f"line {record.line}: {record.state}  {record.output or record.error}")
    print(f"{num_done} of {len(lines)} made; {directory / RESULTS_NAME} has one record each")
    if num_done < len(lines):
        raise typer.Exit(EXIT_SOME_FAILED)
