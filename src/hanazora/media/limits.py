"""Which clips and pictures are taken as input; what is outside is refused, never resized."""

from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import UserError

MIN_INPUT_SIDE_PX, MAX_INPUT_SIDE_PX = 16, 1920
MAX_INPUT_SECONDS = 60
SILENCE_S = 60.0
"""How long a decoder may say nothing before it is given up."""


class InputLimits(NamedTuple):
    """How large and how long a clip or picture may be."""

    min_side_px: int = MIN_INPUT_SIDE_PX
    max_side_px: int = MAX_INPUT_SIDE_PX
    max_seconds: int = MAX_INPUT_SECONDS


INPUT_LIMITS = InputLimits()
"""What a video is made from."""


def check_input_size(
    path: Path, width: int, height: int, limits: InputLimits = INPUT_LIMITS
) -> None:
    """Refuse a clip or picture with a side outside the limits, naming the nearest size inside.

    Raises:
        UserError: a side is too small or too large.
    """
    low, high = limits.min_side_px, limits.max_side_px
    shrink = min(1.0, high / max(width, height, 1))
    grow = max(1.0, low / max(min(width, height), 1))
    if shrink == grow == 1.0:
        return
    scale = shrink if shrink < 1 else grow
    sides = (min(max(round(side * scale), low), high) for side in (width, height))
    raise UserError(
        f"{path} is {width}x{height}",
        f"each side has {low} to {high} pixels",
        "a copy of {}x{}".format(*sides),
    )
