"""What each place of a clip shows, as class numbers: a truth to teach a network besides pixels.

Labels are drawn on the autoencoder's grid (four frames and 16 x 16 pixels to a cell) from the boxes
of the clip's facts, so they cost nothing that is not stored with every clip already.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE, LatentShape
from hanazora.world.vocabulary import CAMERA_MOVES, COLOURS, DIRECTIONS, KINDS, SETTINGS

IGNORE = 255
"""No class: nothing is known, or the question makes no sense there."""

BACKGROUND = "background"

FIELDS: dict[str, tuple[str, ...]] = {
    "setting": SETTINGS,
    "camera": CAMERA_MOVES,
    "kind": (BACKGROUND, *KINDS),
    "colour": COLOURS,
    "direction": DIRECTIONS,
}
"""Questions asked of every cell, with their classes, in the order of a label grid's last axis."""


def label_grid(facts: Mapping[str, Any], shape: LatentShape) -> NDArray[np.uint8]:
    """Label every cell of a clip.

    Args:
        facts: the clip's facts as plain JSON values.
        shape: size of the clip's latents.

    Returns:
        Class numbers `lt lh lw f`, f as in `FIELDS`. A cell takes the smallest box over its centre;
        cells of the background have a kind but neither colour nor direction. Setting and camera
        are ignored in clips of several shots.
    """
    grid = np.full((*shape, len(FIELDS)), IGNORE, np.uint8)
    if not facts["cuts"]:
        grid[..., 0] = SETTINGS.index(facts["setting"])
        grid[..., 1] = CAMERA_MOVES.index(facts["camera"])
    grid[..., 2] = 0
    for latent_frame in range(shape.frames):
        # The first latent frame is frame 0; of the four frames of a later one, the second.
        frame = min(max(0, TIME_STRIDE * latent_frame - 2), facts["num_frames"] - 1)
        for thing in sorted(facts["objects"], key=lambda each: -_area(each["boxes"][frame])):
            cells = _cells(thing["boxes"][frame])
            grid[latent_frame][cells] = (
                *grid[latent_frame, 0, 0, :2],
                FIELDS["kind"].index(thing["kind"]),
                COLOURS.index(thing["colour"]),
                DIRECTIONS.index(thing["direction"]),
            )
    return grid


def _area(box: Sequence[int] | None) -> int:
    return 0 if box is None else (box[2] - box[0]) * (box[3] - box[1])


def _cells(box: Sequence[int] | None) -> tuple[slice, slice]:
    """Rows and columns whose centres lie in a box."""
    if box is None:
        return slice(0), slice(0)
    first = [-(-(low - SPACE_STRIDE // 2) // SPACE_STRIDE) for low in box[:2]]
    last = [-(-(high - SPACE_STRIDE // 2) // SPACE_STRIDE) for high in box[2:]]
    columns, rows = (slice(max(0, a), max(0, b)) for a, b in zip(first, last, strict=True))
    return rows, columns
