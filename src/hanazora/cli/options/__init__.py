"""Options that several commands share, each written once.

`aliases` has one line of help per option, `shape` and `making` gather options that belong together,
and `folding` lets a command take such a group as one parameter.
"""

from hanazora.cli.options.aliases import (
    AspectText,
    DeviceName,
    DtypeName,
    Fps,
    ModelDir,
    NumFrames,
    Seconds,
    SizeText,
)
from hanazora.cli.options.shape import chosen_frames, chosen_size

__all__ = [
    "AspectText",
    "DeviceName",
    "DtypeName",
    "Fps",
    "ModelDir",
    "NumFrames",
    "Seconds",
    "SizeText",
    "chosen_frames",
    "chosen_size",
]
