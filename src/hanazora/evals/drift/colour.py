"""Colours as the eye tells them apart: CIELAB, and the CIEDE2000 difference.

CIELAB of sRGB under D65; the difference after Sharma, Wu and Dalal (2005), Color Research and
Application 30(1), equations 2 to 22.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)
_TURN = 360.0
_FAR = 25.0**7


class Lab(NamedTuple):
    """A colour: lightness 0 to 100, and two axes of opposed hues."""

    lightness: float
    green_red: float
    blue_yellow: float

    @property
    def chroma(self) -> float:
        """How far it is from grey."""
        return math.hypot(self.green_red, self.blue_yellow)


def to_lab(rgb: Float[Tensor, "*n 3"]) -> Float[Tensor, "*n 3"]:
    """Return CIELAB of sRGB colours in [0, 1]."""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ rgb.new_tensor(_TO_XYZ).T / rgb.new_tensor(_WHITE)
    root = torch.where(xyz > 216 / 24389, xyz.clamp_min(1e-9) ** (1 / 3), xyz * 841 / 108 + 4 / 29)
    x, y, z = root.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-1)


def delta_e(first: Lab, second: Lab) -> float:
    """Return the CIEDE2000 difference: about 1 is just seen, 20 is another colour name."""
    mean_chroma = ((first.chroma + second.chroma) / 2) ** 7
    stretch = 1.5 - 0.5 * math.sqrt(mean_chroma / (mean_chroma + _FAR))
    one, two = (lab._replace(green_red=stretch * lab.green_red) for lab in (first, second))
    lightness, chroma = two.lightness - one.lightness, two.chroma - one.chroma
    turn = _hue_turn(one, two)
    hue = 2 * math.sqrt(one.chroma * two.chroma) * math.sin(math.radians(turn / 2))
    middle = (one.lightness + two.lightness) / 2
    mean = (one.chroma + two.chroma) / 2
    mean_hue = _mean_hue(one, two)
    tone = (
        1
        - 0.17 * _cosine(mean_hue - 30)
        + 0.24 * _cosine(2 * mean_hue)
        + 0.32 * _cosine(3 * mean_hue + 6)
        - 0.20 * _cosine(4 * mean_hue - 63)
    )
    dark = (middle - 50) ** 2
    scaled_lightness = lightness / (1 + 0.015 * dark / math.sqrt(20 + dark))
    scaled_chroma = chroma / (1 + 0.045 * mean)
    scaled_hue = hue / (1 + 0.015 * mean * tone)
    blue = 30 * math.exp(-(((mean_hue - 275) / 25) ** 2))
    rotation = -2 * math.sqrt(mean**7 / (mean**7 + _FAR)) * math.sin(math.radians(2 * blue))
    return math.sqrt(
        scaled_lightness**2
        + scaled_chroma**2
        + scaled_hue**2
        + rotation * scaled_chroma * scaled_hue
    )


def _hue(lab: Lab) -> float:
    return math.degrees(math.atan2(lab.blue_yellow, lab.green_red)) % _TURN


def _hue_turn(one: Lab, two: Lab) -> float:
    """Return the smaller turn from one hue to the other; greys have no hue."""
    if one.chroma * two.chroma == 0:
        return 0.0
    return (_hue(two) - _hue(one) + _TURN / 2) % _TURN - _TURN / 2


def _mean_hue(one: Lab, two: Lab) -> float:
    if one.chroma * two.chroma == 0:
        return _hue(one) + _hue(two)
    return (_hue(one) + _hue_turn(one, two) / 2) % _TURN


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))
