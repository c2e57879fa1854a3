"""RGB to the planes an encoder takes: Rec. ITU-R BT.709, limited range, 4:2:0, left-sited chroma.

Integer arithmetic only, so that one picture is the same bytes on every machine.
"""

import numpy as np
from jaxtyping import Int, UInt8

from hanazora.media.frames import Picture

_SHIFT = 16
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722  # BT.709 luma, item 3.2
_LUMA = (219 / 255) * np.array([_RED, _GREEN, _BLUE])
_BLUE_DIFFERENCE = (224 / 255) * (np.array([0, 0, 1]) - [_RED, _GREEN, _BLUE]) / (2 * (1 - _BLUE))
_RED_DIFFERENCE = (224 / 255) * (np.array([1, 0, 0]) - [_RED, _GREEN, _BLUE]) / (2 * (1 - _RED))


def to_yuv420(picture: Picture) -> UInt8[np.ndarray, "rows even_w"]:
    """Return the Y, U and V planes of a picture stacked as the encoder wants them.

    An odd side is padded by repeating its last pixel, because 4:2:0 shares one colour sample
    between two pixels.
    """
    padded = pad_even(picture).astype(np.int32)
    height, width = padded.shape[:2]
    quads = _chroma_sums(padded)
    planes = [
        _weigh(padded, _LUMA, 16, 0),
        _weigh(quads, _BLUE_DIFFERENCE, 128, 3),
        _weigh(quads, _RED_DIFFERENCE, 128, 3),
    ]
    flat = np.concatenate([plane.reshape(-1) for plane in planes])
    return flat.reshape(height * 3 // 2, width)


def pad_even(picture: Picture) -> UInt8[np.ndarray, "even_h even_w 3"]:
    """Repeat the last row and column where a side is odd."""
    height, width = picture.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return picture
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _chroma_sums(rgb: Int[np.ndarray, "h w 3"]) -> Int[np.ndarray, "h2 w2 3"]:
    # Left-sited: centred on even columns (1 2 1), halfway between two rows (1 1); weights sum to 8.
    rows = rgb[0::2] + rgb[1::2]
    middle, right = rows[:, 0::2], rows[:, 1::2]
    left = np.concatenate([middle[:, :1], right[:, :-1]], axis=1)
    return left + 2 * middle + right


def _weigh(
    rgb: Int[np.ndarray, "h w 3"], weights: np.ndarray, offset: int, extra_shift: int
) -> UInt8[np.ndarray, "h w"]:
    red, green, blue = (int(weight) for weight in np.rint(weights * (1 << _SHIFT)))
    shift = _SHIFT + extra_shift
    total = rgb[..., 0] * red + rgb[..., 1] * green + rgb[..., 2] * blue
    value = ((total + (1 << (shift - 1))) >> shift) + offset
    return np.clip(value, 0, 255).astype(np.uint8)
