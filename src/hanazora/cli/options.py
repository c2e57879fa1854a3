"""Options that several commands share: how long and how large a video is, and where it is made."""

from typing import Annotated, TypeAlias

import typer

from hanazora.core.errors import UserError
from hanazora.pipelines.request import (
    DEFAULT_FPS,
    DEFAULT_HEIGHT,
    DEFAULT_SECONDS,
    DEFAULT_WIDTH,
    HD_HEIGHT,
    HD_WIDTH,
    Size,
    frames_from_seconds,
    parse_aspect,
    parse_size,
)

Seconds: TypeAlias = Annotated[
    float | None, typer.Option(help=f"Duration; {DEFAULT_SECONDS:g} where nothing else is said.")
]
NumFrames: TypeAlias = Annotated[
    int | None, typer.Option(help="Number of frames, instead of --seconds; 1 is a picture.")
]
SizeText: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="WxH",
        help=f"Width and height in pixels; {DEFAULT_WIDTH}x{DEFAULT_HEIGHT} where nothing is said.",
    ),
]
AspectText: TypeAlias = Annotated[
    str | None,
    typer.Option("--aspect", metavar="W:H", help="Shape at about the native number of pixels."),
]
Fps: TypeAlias = Annotated[
    float | None, typer.Option(help=f"Frames per second; {DEFAULT_FPS:g} where nothing is said.")
]
DeviceName: TypeAlias = Annotated[
    str, typer.Option("--device", help="auto, cpu, cuda, cuda:N or mps.")
]
DtypeName: TypeAlias = Annotated[str, typer.Option("--dtype", help="auto, fp32, bf16 or fp16.")]


def chosen_size(size: str | None, aspect: str | None, *, hd: bool = False) -> Size:
    """Return the size from --size or --aspect, at most one of which may be given."""
    if size is not None and aspect is not None:
        raise UserError(f"--size {size} and --aspect {aspect}", "only one of them may be given")
    if size is not None:
        return parse_size(size)
    if aspect is not None:
        return parse_aspect(aspect, HD_WIDTH * HD_HEIGHT) if hd else parse_aspect(aspect)
    return Size(HD_WIDTH, HD_HEIGHT) if hd else Size(DEFAULT_WIDTH, DEFAULT_HEIGHT)


def chosen_frames(seconds: float | None, num_frames: int | None, fps: float) -> int:
    """Return the number of frames from --seconds or --num-frames, at most one of them given."""
    if seconds is not None and num_frames is not None:
        given = f"--seconds {seconds:g} and --num-frames {num_frames}"
        raise UserError(given, "only one of them may be given")
    if num_frames is not None:
        return num_frames
    return frames_from_seconds(DEFAULT_SECONDS if seconds is None else seconds, fps)
