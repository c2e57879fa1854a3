"""`hanazora data preview`: the pixels that will be trained on, to look at.

PNG loses nothing, so what is seen is what the model sees. There is no video of it: a video leaves
with a watermark and a signature that says it is made by a model, and these clips are not.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from hanazora.cli.data.encode import Machine, load_encoder
from hanazora.cli.data.judging import judge, print_report
from hanazora.cli.data.options import SampleOptions, Source
from hanazora.cli.options.folding import folded
from hanazora.core.errors import UserError
from hanazora.core.paths import require_writable, write_text
from hanazora.data.sources.samples import SOURCE_LIMITS
from hanazora.media.frames import FramePiece, contact_sheet, spread, stack_rows
from hanazora.media.guarded import GuardedReader
from hanazora.media.pictures import write_png

if TYPE_CHECKING:
    from hanazora.data.sources.encoding import Encoder
    from hanazora.data.sources.judging import SourceReport

_COLUMNS = 6


class _Shown(NamedTuple):
    """One sample: its pixels, what came back through the autoencoder, and what it is."""

    frames: FramePiece
    returned: FramePiece | None
    name: str
    text: str


@folded
def preview(
    source: Source,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="A .png of a row per sample, or a folder of PNGs."),
    ],
    samples: SampleOptions,
    num_samples: Annotated[
        int, typer.Option(min=1, max=200, help="How many are shown, from the first.")
    ] = 12,
    columns: Annotated[int, typer.Option(min=1, max=32, help="Frames in a row.")] = _COLUMNS,
    autoencoder: Annotated[
        bool, typer.Option("--autoencoder", help="Below each, what the autoencoder gives back.")
    ] = False,
) -> None:
    """Write exactly the pixels the model will see, with their captions.

    FILE.png shows some frames of each sample in one sheet, and FILE.txt its captions; a folder gets
    every frame, one NAME.png and NAME.txt a sample.
    """
    is_sheet = output.suffix.lower() == ".png"
    if output.suffix and not is_sheet:
        name = f"{output.stem}.png"
        raise UserError(f"output {output.name!r}", "it must be a .png or a folder", name)
    if is_sheet:
        require_writable(output)
    report = judge(source, samples.config())
    print_report(report, source)
    encoder = load_encoder(Machine()) if autoencoder else None
    shown = list(_first_samples(report, num_samples, encoder))
    if is_sheet:
        _write_sheet(output, shown, columns)
    else:
        _write_folder(output, shown, columns)
    print(output)


def _first_samples(
    report: "SourceReport", count: int, encoder: "Encoder | None"
) -> Iterator[_Shown]:
    from hanazora.data.sources.encoding import give_back, read_samples

    with GuardedReader(SOURCE_LIMITS) as reader:
        for number, clip in enumerate(report.clips):
            for _, part, frames in read_samples([clip], reader):
                if count == 0:
                    return
                count -= 1
                returned = None if encoder is None else give_back(frames, encoder)
                size = f"{frames.shape[2]}x{frames.shape[1]}"
                text = f"{clip.listed.path} sample {part + 1} of {len(clip.cuts)}"
                captions = " | ".join(clip.listed.captions)
                text = f"{text}, {len(frames)} frames {size}: {captions}"
                name = f"{number:04d}-{clip.listed.path.stem}-{part:03d}"
                yield _Shown(frames, returned, name, text)


def _write_sheet(output: Path, shown: list[_Shown], columns: int) -> None:
    rows = []
    for one in shown:
        for frames in (one.frames, one.returned):
            if frames is not None:
                rows.append(contact_sheet(spread(frames, min(columns, len(frames))), columns))
    write_png(output, stack_rows(rows))
    lines = [f"{number}. {one.text}\n" for number, one in enumerate(shown, start=1)]
    write_text(output.with_suffix(".txt"), "".join(lines))
    print("".join(lines), end="")


def _write_folder(output: Path, shown: list[_Shown], columns: int) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for one in shown:
        parts = [one.frames] if one.returned is None else [one.frames, one.returned]
        sheets = [contact_sheet(part, min(columns, len(part)), gap_px=0) for part in parts]
        write_png(output / f"{one.name}.png", stack_rows(sheets))
        write_text(output / f"{one.name}.txt", one.text + "\n")
