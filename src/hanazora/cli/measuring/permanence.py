"""`hanazora eval permanence`: does what left the picture come back, and as the same thing?"""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.options.aliases import DeviceName, DtypeName
from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import UserError
from hanazora.core.paths import require_writable
from hanazora.pipelines.request import MAX_SECONDS, check_range, parse_size

MAX_CASES = 1000


def permanence(
    num_cases: Annotated[int, typer.Option(help="How many cases of each story.")] = 20,
    story: Annotated[
        list[str] | None,
        typer.Option(help="leave_return, pan_away or truck_sign; all three where none is named."),
    ] = None,
    seconds: Annotated[
        str, typer.Option(metavar="LIST", help="Lengths of absence.")
    ] = "1,2,4,8,16",
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of every video.")] = "320x192",
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Sampler and memory, as in memory.num_slots=0."
        ),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keeps the drawn cases, so that the next run is faster."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first video.")] = 0,
    reader: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A scene reader; else the bundled one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write every judgement as JSON.")
    ] = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
) -> None:
    """Let things leave and return under colour-free words, and a truck pass a sign.

    The first seconds are given from the truth; the absence and the return are made. Presence
    (returns) and identity (same) stand apart, beside the truth, the autoencoder and doing nothing.
    """
    check_range("num_cases", num_cases, 1, MAX_CASES)
    if output is not None:
        require_writable(output)
    shape, lengths = parse_size(size), _parse_seconds(seconds)
    from hanazora.core.config import apply_overrides
    from hanazora.evals.permanence.report import save_report, text_report
    from hanazora.evals.permanence.run import ALL_STORIES, PermanenceRun, measure_permanence
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load

    tune_allocator()
    run = PermanenceRun(
        stories=tuple(story or ALL_STORIES),
        num_cases=num_cases,
        seconds=lengths,
        height=shape.height,
        width=shape.width,
        seed=seed,
        folder=cases,
        reader_dir=reader,
    )
    loaded = load(model, device=device, dtype=dtype)
    sampler = apply_overrides(loaded.model.sampler, overrides or [])
    with TerminalProgress() as progress:
        report = measure_permanence(run, loaded, sampler, progress)
    print(text_report(report))
    if output is not None:
        save_report(report, output)
        print(output)


def _parse_seconds(text: str) -> tuple[int, ...]:
    try:
        lengths = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"seconds {text!r}", "whole seconds with commas", "1,2,4") from None
    for length in lengths:
        check_range("seconds", length, 1, MAX_SECONDS)
    return lengths
