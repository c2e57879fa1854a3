"""`hanazora data check`: which clips will be trained on, at which size, and which will not."""

import json
from typing import Annotated

import typer

from hanazora.cli.data.judging import judge, print_report
from hanazora.cli.data.options import SampleOptions, Source
from hanazora.cli.options.folding import folded
from hanazora.core.errors import EXIT_USER_ERROR


@folded
def check(
    source: Source,
    samples: SampleOptions,
    decode: Annotated[
        bool, typer.Option("--decode", help="Read every frame, to find damage inside a file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell which clips are trained on, at which size; exits with 2 where none can be used."""
    report = judge(source, samples.config(), decode=decode)
    if as_json:
        print(json.dumps(report.to_json(), indent=2))
        if not report.clips:
            raise typer.Exit(EXIT_USER_ERROR)
        return
    print_report(report, source)
    if not decode:
        print("only first frames were decoded; --decode reads all")
