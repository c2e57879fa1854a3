"""Where a picture hides a mark: in texture and in movement, not in flat areas or beside edges."""

import numpy as np
from jaxtyping import Float

from hanazora.provenance.watermark.planes import box_mean

_FLOOR, _SLOPE = 0.3, 0.3
_CAP = {"luma": 4.0, "chroma": 3.0}
_LIMIT = {"luma": 5.5, "chroma": 4.0}
"""Strength in grey levels that no place exceeds, so that none stands out in a picture of few."""
_TARGET_RMS = {"luma": 2.0, "chroma": 1.85}
"""Strength over the whole picture in grey levels, if the flat areas allow it."""
_FLAT_RMS = {"luma": 0.8, "chroma": 0.7}
"""Strength in flat areas, where the eye is the judge and no measure: never more than this."""

_STILL, _MOVING, _FAST = 0.93, 1.3, 6.0
"""How strong a mark is where nothing moves and where much does; mean change of luma of "much"."""

_CUT = 24.0
"""Mean change of luma from frame to frame that makes a new scene."""
_OPENING = {"luma": (3.0, 2.1, 1.4), "chroma": (2.0, 1.5)}
"""How much stronger the first frames of a scene are marked, where they are not flat."""


def movement_boost(
    plane: Float[np.ndarray, "h w"], before: Float[np.ndarray, "h w"] | None
) -> float:
    """Return by how much a mark may be stronger because the picture moves, or must be fainter.

    The eye sees less in what moves, and a codec keeps less of a pattern that does not move along.
    The first frame, of which nothing is known, gives 1.

    Args:
        plane: luma.
        before: luma of the frame before; none for the first.
    """
    if before is None:
        return 1.0
    moved = min(float(np.abs(plane - before).mean()) / _FAST, 1.0)
    return _STILL + (_MOVING - _STILL) * moved


def is_cut(plane: Float[np.ndarray, "h w"], before: Float[np.ndarray, "h w"]) -> bool:
    """Tell whether a new scene begins with this luma."""
    return float(np.abs(plane - before).mean()) > _CUT


def activity(plane: Float[np.ndarray, "h w"], chip_px: float) -> Float[np.ndarray, "h w"]:
    """Return the local deviation of luma from its surroundings, low where any side is flat.

    A slope deviates from nothing: smooth shading hides a mark no better than a flat area.

    Args:
        plane: luma.
        chip_px: size of a chip in pixels, the unit of the neighbourhood.
    """
    radius, reach = max(round(2 * chip_px), 1), max(round(4 * chip_px), 1)
    detail = plane - box_mean(plane, radius)
    deviation = np.sqrt(box_mean(detail**2, radius).clip(0))
    height, width = plane.shape
    around = np.pad(deviation, reach, mode="edge")
    corners = [
        around[top : top + height, left : left + width]
        for top in (0, 2 * reach)
        for left in (0, 2 * reach)
    ]
    return np.minimum.reduce(corners)


def strengths(
    active: Float[np.ndarray, "h w"], amplitude: float
) -> tuple[Float[np.ndarray, "h w"], Float[np.ndarray, "h w"]]:
    """Return the strength of the mark per pixel, in luma and in colour, in grey levels.

    Args:
        active: what `activity` gave.
        amplitude: strength of the whole, 1 on 320 x 192 chips.
    """
    shape = _FLOOR + _SLOPE * active
    return _levelled(shape, "luma", amplitude), _levelled(shape, "chroma", amplitude)


def opening_lift(
    strength: Float[np.ndarray, "h w"], name: str, age: int
) -> Float[np.ndarray, "h w"]:
    """Return the strength of a frame near the start of a scene; flat areas stay as they are.

    A re-encoder spends most bits on the first frame of a scene and copies it into the next ones, so
    what is marked there lasts; the eye sees least in the first tenth of a second after a cut.

    Args:
        strength: what `strengths` gave.
        name: "luma" or "chroma".
        age: frames since the scene began.
    """
    if age >= len(_OPENING[name]):
        return strength
    lowest = strength.min()
    lifted = lowest + _OPENING[name][age] * (strength - lowest)
    return np.maximum(strength, np.minimum(lifted, _LIMIT[name]))


def fullness(grey: Float[np.ndarray, "h w"], amplitude: float) -> float:
    """Return which part of the wanted strength a picture took: 1 in texture, 0.38 if all flat."""
    return float(np.sqrt(np.mean(grey**2))) / (amplitude * _TARGET_RMS["luma"])


def _levelled(shape: np.ndarray, name: str, amplitude: float) -> np.ndarray:
    shape = np.minimum(shape, _CAP[name])
    gain = _TARGET_RMS[name] / np.sqrt(float(np.vdot(shape, shape)) / shape.size)
    levelled: np.ndarray = shape * min(gain, _FLAT_RMS[name] / _FLOOR)
    return amplitude * np.minimum(levelled, _LIMIT[name])
