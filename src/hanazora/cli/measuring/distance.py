"""`hanazora eval distance`: how far a model's videos are from true renders, as distributions."""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.measuring.asked import (
    DEFAULT_SIZE,
    FirstSeed,
    Guidance,
    ModelDir,
    NumPrompts,
    Output,
    Reader,
    SizeText,
    Split,
    Steps,
    check,
)
from hanazora.cli.options.aliases import DeviceName, DtypeName
from hanazora.cli.progress import TerminalProgress


def distance(
    split: Split = "seen",
    num_prompts: NumPrompts = 200,
    size: SizeText = DEFAULT_SIZE,
    model: ModelDir = None,
    truth_only: Annotated[
        bool, typer.Option("--truth-only", help="Measure renders and trivial answers alone.")
    ] = False,
    seed: FirstSeed = 0,
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A report of this protocol, put beside.")
    ] = None,
    output: Output = None,
    reader: Reader = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
) -> None:
    """Measure FD-reader: the Frechet distance to true renders in the scene reader's features.

    Its features know this world alone, so the figure is no FVD; a lower one is nearer.
    """
    shape = check(num_prompts, output, size)
    from hanazora.evals.distance import (
        distance_table,
        join_reports,
        load_distances,
        save_distances,
    )
    from hanazora.evals.distance_run import measure_distances
    from hanazora.evals.fidelity_run import FidelityRun
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load

    tune_allocator()
    known = None if against is None else load_distances(against)
    run = FidelityRun(
        split=split, num_prompts=num_prompts, first_seed=seed, reader_dir=reader,
        width=shape.width, height=shape.height,
    )  # fmt: skip
    with TerminalProgress() as progress:
        made = measure_distances(
            run,
            None if truth_only else load(model, device=device, dtype=dtype),
            num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
            progress=progress,
        )
    print(distance_table(made if known is None else join_reports(made, known)))
    if output is not None:
        save_distances(made, output)
        print(output)
