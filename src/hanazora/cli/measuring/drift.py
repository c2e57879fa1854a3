"""`hanazora eval drift`: does the end of a long video still look like its beginning?"""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.options.aliases import DeviceName, DtypeName
from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import UserError
from hanazora.core.paths import require_writable
from hanazora.pipelines.request import MAX_SECONDS, check_range, parse_size

MAX_PROMPTS = 1000


def drift(
    num_prompts: Annotated[int, typer.Option(help="How many prompts of one unbroken scene.")] = 8,
    seconds: Annotated[float, typer.Option(help="Length of every video.")] = 17.0,
    split: Annotated[
        str, typer.Option(help="Which prompts: seen, pair, triple, scene, count, words.")
    ] = "seen",
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of every video.")] = "320x192",
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
    ] = None,
    context_noise: Annotated[
        str,
        typer.Option(metavar="LIST", help="A row for each noise level put on what was made."),
    ] = "0,0.1",
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Sampler, as in num_inference_steps=8."),
    ] = None,
    truth: Annotated[bool, typer.Option(help="Render the truth and pass it through.")] = True,
    seed: Annotated[int, typer.Option(help="Seed of the first video.")] = 0,
    reader: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A scene reader; else the bundled one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write every figure as JSON.")
    ] = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
) -> None:
    """Hold the last 5 s of long videos against the first 5 s (suite D).

    Colour of the subject and of the picture (CIEDE2000), contrast, sharpness, motion and repeats,
    beside the true renders and what the autoencoder makes of them.
    """
    check_range("num_prompts", num_prompts, 1, MAX_PROMPTS)
    check_range("seconds", seconds, 1, MAX_SECONDS)
    if output is not None:
        require_writable(output)
    shape, sigmas = parse_size(size), _parse_sigmas(context_noise)
    from hanazora.core.config import apply_overrides
    from hanazora.evals.drift.report import save_report, text_table
    from hanazora.evals.drift.run import DriftRun, measure_rows
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load

    tune_allocator()
    run = DriftRun(
        split=split, num_prompts=num_prompts, seconds=seconds, height=shape.height,
        width=shape.width, seed=seed, context_sigmas=sigmas, with_truth=truth, reader_dir=reader,
    )  # fmt: skip
    loaded = load(model, device=device, dtype=dtype)
    sampler = apply_overrides(loaded.model.sampler, overrides or [])
    with TerminalProgress() as progress:
        report = measure_rows(run, loaded, sampler, progress)
    print(text_table(report))
    if output is not None:
        save_report(report, output)
        print(output)


def _parse_sigmas(text: str) -> tuple[float, ...]:
    try:
        sigmas = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"context noise {text!r}", "numbers with commas", "0,0.1") from None
    for sigma in sigmas:
        if not 0 <= sigma < 1:
            raise UserError(f"context noise {sigma:g}", "it must be 0 to below 1", "0.1")
    return sigmas
