"""`hanazora eval`: how well a model does what sentences say, next to floors and trivial answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from hanazora.cli.options import DeviceName, DtypeName
from hanazora.cli.progress import TerminalProgress
from hanazora.core.log import setup_logging

if TYPE_CHECKING:
    from hanazora.evals.report import Evaluation

eval_app = typer.Typer(help="Measure a model against the procedural world.", no_args_is_help=True)


@eval_app.command()
def fidelity(
    split: Split = "seen",
    num_prompts: NumPrompts = 200,
    size: SizeText = DEFAULT_SIZE,
    model: ModelDir = None,
    seed: FirstSeed = 0,
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    floor: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report of `eval floor` to print beside.")
    ] = None,
    output: Output = None,
    reader: Reader = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    markdown: Annotated[bool, typer.Option(help="Print the table in Markdown.")] = False,
) -> None:
    """Generate a video per held-out prompt and check what the sentence asserts."""
    shape = check(num_prompts, output, size)
    from hanazora.evals.fidelity_run import FidelityRun, load_floor, measure_model
    from hanazora.evals.report import merge
    from hanazora.parallel.device import tune_allocator
    from hanazora.pipelines.generate import load

    tune_allocator()
    run = FidelityRun(
        split=split, num_prompts=num_prompts, first_seed=seed, reader_dir=reader,
        width=shape.width, height=shape.height,
    )  # fmt: skip
    with TerminalProgress() as progress:
        made = measure_model(
            run,
            load(model, device=device, dtype=dtype),
            num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
            progress=progress,
        )
    known = load_floor(made.protocol, floor)
    _show(merge(made, known) if known else made, output, markdown)
    if known is None:
        made_by = f"hanazora eval floor --split {split} --size {size}"
        print(f"no floor of this protocol: {made_by} makes one")


@eval_app.command()
def floor(
    split: Split = "seen",
    num_prompts: NumPrompts = 200,
    size: SizeText = DEFAULT_SIZE,
    seed: Annotated[int, typer.Option(help="Seed of the first video, as in `fidelity`.")] = 0,
    autoencoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Adds the row of renders passed through it."),
    ] = None,
    output: Output = None,
    reader: Reader = None,
    markdown: Annotated[bool, typer.Option(help="Print the table in Markdown.")] = False,
) -> None:
    """Render the truth of the prompts and print the floor of the reader and trivial answers."""
    shape = check(num_prompts, output, size)
    from hanazora.evals.fidelity_run import FidelityRun, measure_references
    from hanazora.parallel.device import tune_allocator

    tune_allocator()
    run = FidelityRun(
        split=split, num_prompts=num_prompts, first_seed=seed, reader_dir=reader,
        width=shape.width, height=shape.height,
    )  # fmt: skip
    with TerminalProgress() as progress:
        made = measure_references(run, autoencoder, progress)
    _show(made, output, markdown)


@eval_app.command()
def train_reader(
    pool: Annotated[Path, typer.Argument(help="Directory of rendered clips.")],
    run_dir: Annotated[Path, typer.Option(metavar="DIR", help="Where the run lives.")] = Path(
        "runs/scene_reader"
    ),
    seconds: Annotated[float, typer.Option(help="Seconds of training.")] = 720.0,
    autoencoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Reads a share of the clips as this gives them back."),
    ] = None,
) -> None:
    """Train a scene reader on a pool of rendered clips; the result is DIR/reader."""
    setup_logging()
    from hanazora.evals.reader_samples import gather_samples
    from hanazora.evals.reader_training import ReaderTrainConfig
    from hanazora.evals.reader_training import train_reader as train
    from hanazora.models.autoencoder.weights import load_autoencoder
    from hanazora.parallel.device import tune_allocator
    from hanazora.train.autoencoder_data import ClipPool

    tune_allocator()
    config = ReaderTrainConfig(run_dir=run_dir, seconds=seconds)
    part = load_autoencoder(autoencoder) if autoencoder is not None else None
    clips, pictures = gather_samples(ClipPool(pool), run_dir / "samples", part)
    train(config, clips, pictures)
    print(run_dir / "reader")


def _show(evaluation: "Evaluation", output: Path | None, markdown: bool) -> None:
    from hanazora.evals.report import markdown_table, save_evaluation, text_table

    print(markdown_table(evaluation) if markdown else text_table(evaluation))
    if output is not None:
        save_evaluation(evaluation, output)
        print(output)
