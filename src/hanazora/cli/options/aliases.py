"""One alias per shared option: its name, its help, and the panel of `--help` it stands in."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from hanazora.pipelines.request import (
    DEFAULT_FPS,
    DEFAULT_HEIGHT,
    DEFAULT_SECONDS,
    DEFAULT_WIDTH,
    HD_HEIGHT,
    HD_WIDTH,
)

_shape = partial(typer.Option, rich_help_panel="Duration and size")
_sampling = partial(typer.Option, rich_help_panel="How it is made")
_machine = partial(typer.Option, rich_help_panel="Model and machine")
_run = partial(typer.Option, rich_help_panel="The run")

Output: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Where it goes; else a free name after the prompt."
    ),
]
ClipPrompt: TypeAlias = Annotated[
    str, typer.Option("--prompt", help="What the made part shows; else what the clip showed.")
]

Seconds: TypeAlias = Annotated[
    float | None, _shape(help=f"Duration; {DEFAULT_SECONDS:g} where nothing else is said.")
]
NumFrames: TypeAlias = Annotated[
    int | None, _shape(help="Number of frames, instead of --seconds; 1 is a picture.")
]
SizeText: TypeAlias = Annotated[
    str | None,
    _shape(
        "--size",
        metavar="WxH",
        help=f"Width and height in pixels; {DEFAULT_WIDTH}x{DEFAULT_HEIGHT} where nothing is said.",
    ),
]
AspectText: TypeAlias = Annotated[
    str | None,
    _shape("--aspect", metavar="W:H", help="Shape at about the native number of pixels."),
]
Fps: TypeAlias = Annotated[
    float | None, _shape(help=f"Frames per second; {DEFAULT_FPS:g} where nothing is said.")
]
Hd: TypeAlias = Annotated[
    bool,
    _shape("--hd", help=f"Enlarge to four times the size: {HD_WIDTH}x{HD_HEIGHT} if none is said."),
]

Seed: TypeAlias = Annotated[
    int | None, _sampling(help="The same seed makes the same file; 0 where none is given.")
]
Steps: TypeAlias = Annotated[
    int | None, _sampling(help="Denoising steps per chunk; else the model's own.")
]
Guidance: TypeAlias = Annotated[
    float | None, _sampling(help="Strength of the prompt; else the model's own.")
]
Negative: TypeAlias = Annotated[str | None, _sampling(help="What the video should not show.")]
Expand: TypeAlias = Annotated[
    bool | None,
    _sampling(
        "--expand/--no-expand",
        help="Put the prompt into the model's own language first; the bundled model's default.",
        show_default=False,
    ),
]
KeysEvery: TypeAlias = Annotated[
    int | None, _sampling(help="Make every so many-th chunk first, the rest between them.")
]
GapOrder: TypeAlias = Annotated[
    Literal["inward", "outward"],
    _sampling(help="Close the gap from both ends, the middle last, or from its start to its end."),
]
OtherGapOrder: TypeAlias = Annotated[
    Literal["inward", "outward"] | None,
    _sampling("--gap-order", help="Another order for the gap of a sidecar of connect or loop."),
]

ModelDir: TypeAlias = Annotated[
    Path | None, _machine(metavar="DIR", help="A model directory; else the bundled one.")
]
DeviceName: TypeAlias = Annotated[str, _machine("--device", help="auto, cpu, cuda, cuda:N or mps.")]
DtypeName: TypeAlias = Annotated[str, _machine("--dtype", help="auto, fp32, bf16 or fp16.")]

PlanOnly: TypeAlias = Annotated[
    bool, _run("--plan", help="Show what would be made, and make nothing.")
]
Stream: TypeAlias = Annotated[
    bool, _run("--stream", help="Show finished frames in NAME.stream.mp4 while others are made.")
]
KeepRun: TypeAlias = Annotated[
    bool, _run("--keep-run", help="Leave NAME.run, the finished chunks, when all is done.")
]
