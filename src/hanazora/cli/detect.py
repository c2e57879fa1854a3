"""`hanazora detect`: evidence that a file was made here, and what that evidence is worth."""

import json
from pathlib import Path
from typing import Annotated

import typer


def detect(
    file: Annotated[Path, typer.Argument(help="A video or a picture.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = (
        False
    ),
    deep: Annotated[
        bool, typer.Option("--deep", help="Look for the mark of cropped pictures, too; slower.")
    ] = False,
) -> None:
    """Gather evidence that a file was made here: manifest, watermark, fingerprint, classifier.

    Exit codes: 0 proven or very strong, 5 supporting, 6 none found, 2 not readable. None found says
    nothing about how a file was made; no answer ever says that a file was filmed.
    """
    # Loads torch: only where it is needed.
    from hanazora.pipelines.detect.detect import EXIT_CODES, as_data, as_lines
    from hanazora.pipelines.detect.detect import detect as gather

    found = gather(file, deep=deep)
    print(
        json.dumps(as_data(found), indent=2) if as_json else "\n".join(as_lines(file.name, found))
    )
    raise typer.Exit(EXIT_CODES[found.conclusion])
