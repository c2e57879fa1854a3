"""What every measure of `hanazora eval` can be asked: prompts, size, reader, report."""

from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.errors import UserError
from hanazora.core.paths import require_writable
from hanazora.pipelines.request import Size, check_range, parse_size

MAX_PROMPTS = 10_000
DEFAULT_SIZE = "320x192"

Split = Annotated[str, typer.Option(help="Which prompts: seen, pair, triple, scene, count, words.")]
NumPrompts = Annotated[int, typer.Option(help="How many prompts.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Also write the report as JSON.")
]
SizeText = Annotated[
    str, typer.Option("--size", metavar="WxH", help="Size of every video; reports are per size.")
]
Reader = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A scene reader; else the bundled one.")
]
ModelDir = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A model directory; else the bundled one.")
]
FirstSeed = Annotated[int, typer.Option(help="Seed of the first video.")]
Steps = Annotated[int | None, typer.Option(help="Denoising steps per chunk; else the model's own.")]
Guidance = Annotated[
    float | None, typer.Option(help="Strength of the prompt; else the model's own.")
]


def check(num_prompts: int, output: Path | None, size: str) -> Size:
    """Refuse what could not be measured or written; return the size of the videos."""
    check_range("num_prompts", num_prompts, 1, MAX_PROMPTS)
    shape = parse_size(size)
    if output is None:
        return shape
    if output.suffix.lower() != ".json":
        raise UserError(
            f"output {output.name!r}", "its name must end in .json", f"{output.stem}.json"
        )
    require_writable(output)
    return shape
