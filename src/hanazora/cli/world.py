"""`hanazora world`: draw the procedural world the bundled model learns from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from hanazora.cli.options import (
    AspectText,
    DeviceName,
    Fps,
    NumFrames,
    Seconds,
    SizeText,
    chosen_frames,
    chosen_size,
)
from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.core.shapes import VideoShape
from hanazora.media.frames import contact_sheet, spread
from hanazora.media.pictures import write_png
from hanazora.pipelines.request import DEFAULT_FPS, GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import publish, require_output_path

if TYPE_CHECKING:
    from hanazora.world.spec import SceneSpec

SHEET_NUM_FRAMES = 17

world_app = typer.Typer(
    help="Draw the procedural world the bundled model learns from.", no_args_is_help=True
)
Seed = Annotated[int, typer.Option(help="Which scene: one seed is one video on every device.")]
Setting = Annotated[str | None, typer.Option(help="Where it plays; any where none is given.")]
Split = Annotated[str, typer.Option(help="train, seen, or a held-out split such as pair.")]


@world_app.command()
def render(
    output: Annotated[Path, typer.Option("--output", "-o", help="The .mp4 file.")],
    seed: Seed = 0,
    setting: Setting = None,
    split: Split = "train",
    seconds: Seconds = None,
    num_frames: NumFrames = None,
    size: SizeText = None,
    aspect: AspectText = None,
    fps: Fps = None,
    device: DeviceName = "auto",
) -> None:
    """Write a clip, its caption and its facts (NAME.mp4, NAME.json, NAME.facts.json)."""
    require_output_path(output)
    width, height = chosen_size(size, aspect)
    rate = DEFAULT_FPS if fps is None else fps
    frames = chosen_frames(seconds, num_frames, rate)
    from hanazora.parallel.device import pick_device, tune_allocator
    from hanazora.world.captions import write_caption
    from hanazora.world.clip import render_clip
    from hanazora.world.facts import to_json

    tune_allocator()
    shape = VideoShape(frames, height, width)
    spec = _draw_spec(seed, split, setting, shape, rate)
    caption = write_caption(spec, seed, "long", split=split).text
    request = GenerateRequest(
        prompt=caption, width=width, height=height, num_frames=frames, fps=rate, seed=seed
    )
    clip = render_clip(spec, height, width, device=pick_device(device).torch)
    publish([clip.frames.cpu().numpy()], request, ModelInfo(name="procedural world"), output)
    facts = json.dumps(to_json(clip.facts)) + "\n"
    write_text(output.with_suffix(".facts.json"), facts)
    print(caption)
    print(output)


@world_app.command()
def sheet(
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png file.")],
    seed: Annotated[int, typer.Option(help="Seed of the first row.")] = 0,
    rows: Annotated[int, typer.Option(min=1, max=32, help="Clips, one per row.")] = 6,
    columns: Annotated[int, typer.Option(min=1, max=16, help="Frames of each clip.")] = 4,
    setting: Setting = None,
    split: Split = "train",
    size: SizeText = None,
    aspect: AspectText = None,
    device: DeviceName = "auto",
) -> None:
    """Write a contact sheet: one clip per row, frames from left to right; prints the captions."""
    if output.suffix.lower() != ".png":
        raise UserError(
            f"output {output.name!r}", "its name must end in .png", f"{output.stem}.png"
        )
    width, height = chosen_size(size, aspect)
    from hanazora.parallel.device import pick_device, tune_allocator
    from hanazora.world.captions import write_caption
    from hanazora.world.clip import render_clip

    tune_allocator()
    pictures = []
    for row_seed in range(seed, seed + rows):
        shape = VideoShape(SHEET_NUM_FRAMES, height, width)
        spec = _draw_spec(row_seed, split, setting, shape, DEFAULT_FPS)
        caption = write_caption(spec, row_seed, split=split).text
        clip = render_clip(spec, height, width, device=pick_device(device).torch)
        pictures.append(spread(clip.frames.cpu().numpy(), columns))
        print(caption)
    write_png(output, contact_sheet(np.concatenate(pictures), columns))
    print(output)


def _draw_spec(
    seed: int, split: str, setting: str | None, shape: VideoShape, fps: float
) -> "SceneSpec":
    from hanazora.world.sampling import sample_spec

    frames, height, width = shape
    try:
        return sample_spec(
            seed, split=split, setting=setting, num_frames=frames, fps=fps, aspect=width / height
        )
    except ValueError as error:
        raise UserError(str(error)) from error
