"""What the commands on a source of clips share: its argument and how samples are cut."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hanazora.cli.options.folding import OptionGroup
from hanazora.data.sources.samples import SampleConfig
from hanazora.pipelines.request import parse_size

_DEFAULT = SampleConfig()

Source: TypeAlias = Annotated[
    Path, typer.Argument(help="A folder of clips with captions beside them, a .jsonl or a .csv.")
]


@dataclass(frozen=True, kw_only=True)
class SampleOptions(OptionGroup):
    """How samples are cut from clips."""

    fps: Annotated[float, typer.Option(help="Frames per second of every sample.")] = _DEFAULT.fps
    num_frames: Annotated[
        int, typer.Option(help="Most frames of a sample; longer clips give several.")
    ] = _DEFAULT.num_frames
    size: Annotated[
        str,
        typer.Option(metavar="WxH", help="Scale down to this many pixels, in the clip's shape."),
    ] = "320x192"

    def config(self) -> SampleConfig:
        """Return the rules.

        Raises:
            UserError: one of them cannot be met.
        """
        size = parse_size(self.size)
        return SampleConfig(
            fps=self.fps, num_frames=self.num_frames, max_pixels=size.width * size.height
        )
