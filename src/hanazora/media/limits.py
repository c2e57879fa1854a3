"""Which clips and pictures are taken as input; what is outside is refused, never resized."""

from pathlib import Path

from hanazora.core.errors import UserError

MIN_INPUT_SIDE_PX, MAX_INPUT_SIDE_PX = 16, 1920
MAX_INPUT_SECONDS = 60


def check_input_size(path: Path, width: int, height: int) -> None:
    """Refuse a clip or picture with a side outside the limits, naming the nearest size inside.

    Raises:
        UserError: a side is too small or too large.
    """
    shrink = min(1.0, MAX_INPUT_SIDE_PX / max(width, height, 1))
    grow = max(1.0, MIN_INPUT_SIDE_PX / max(min(width, height), 1))
    if shrink == grow == 1.0:
        return
    scale = shrink if shrink < 1 else grow
    sides = (
        min(max(round(side * scale), MIN_INPUT_SIDE_PX), MAX_INPUT_SIDE_PX)
        for side in (width, height)
    )
    raise UserError(
        f"{path} is {width}x{height}",
        f"each side has {MIN_INPUT_SIDE_PX} to {MAX_INPUT_SIDE_PX} pixels",
        "a copy of {}x{}".format(*sides),
    )
