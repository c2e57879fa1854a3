"""`hanazora data encode`: clips to a pool of latents that a recipe trains on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from hanazora.cli.data.judging import Bar, judge, print_report
from hanazora.cli.data.options import SampleOptions, Source
from hanazora.cli.options.aliases import DeviceName, DtypeName
from hanazora.cli.options.folding import folded
from hanazora.cli.progress import TerminalProgress
from hanazora.core.errors import RunKeptError
from hanazora.core.paths import bundled_model_dir
from hanazora.data.sources.samples import SOURCE_LIMITS, SampleConfig
from hanazora.media.guarded import GuardedReader
from hanazora.media.limits import SILENCE_S

if TYPE_CHECKING:
    from hanazora.data.sources.encoding import Encoder

MAX_BAD = 100


class Machine(NamedTuple):
    """How clips are encoded."""

    autoencoder: Path | None = None
    """None is the bundled one."""
    max_bad: int = MAX_BAD
    silence_s: float = SILENCE_S
    device: str = "auto"
    dtype: str = "auto"


@folded
def encode(
    source: Source,
    pool: Annotated[Path, typer.Argument(help="Directory of the pool; made if need be.")],
    samples: SampleOptions,
    autoencoder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An autoencoder; else the bundled one.")
    ] = None,
    max_bad: Annotated[
        int, typer.Option(min=0, help="Damaged files that are skipped; one more ends it.")
    ] = MAX_BAD,
    silence: Annotated[
        float, typer.Option(min=1, help="Seconds without a frame after which a file is given up.")
    ] = SILENCE_S,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
) -> None:
    """Encode clips into a pool for training; started again, it goes on and adds what is new."""
    machine = Machine(autoencoder, max_bad, silence, device, dtype)
    make_pool(source, pool, samples.config(), machine)
    print(f"train on it: hanazora train tune_cpu --set pool.directory={pool}")


def make_pool(source: Path, pool: Path, config: SampleConfig, machine: Machine) -> None:
    """Judge a source and encode what it gives.

    Raises:
        UserError: nothing of it can be used, or too many files are bad.
        RunKeptError: stopped; what was encoded is kept.
    """
    report = judge(source, config)
    print_report(report, source)
    from hanazora.data.sources.encoding import encode_source

    encoder = load_encoder(machine)
    try:
        with (
            TerminalProgress() as progress,
            GuardedReader(SOURCE_LIMITS, machine.silence_s) as reader,
        ):
            see = Bar(progress, "encoding")
            made = encode_source(report, pool, encoder, reader, max_bad=machine.max_bad, see=see)
    except KeyboardInterrupt as error:
        left = f"what was encoded is kept in {pool}, and the same command goes on"
        raise RunKeptError(f"stopped; {left}") from error
    for one in made.dropped:
        print(f"dropped: {one.file} {one.reason}")
    print(f"{pool}: {made.num_samples} samples, {made.num_encoded} files were encoded now")


def load_encoder(machine: Machine) -> "Encoder":
    """Load the autoencoder of a pool onto its device."""
    from hanazora.data.sources.encoding import read_encoder
    from hanazora.parallel.device import pick_device, tune_allocator

    tune_allocator()
    directory = machine.autoencoder or bundled_model_dir() / "autoencoder"
    return read_encoder(directory, pick_device(machine.device, machine.dtype))
