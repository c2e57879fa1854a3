"""The colours of the procedural world: twelve a caption may name, and the materials around them.

The named colours lie at least about 20 CIELAB units apart (world specification, section 4.3), so
that a colour word can be checked in the picture. Every colour is an RGB triple in [0, 1].
"""

from typing import Final

import numpy as np

RGB = tuple[float, float, float]

COLOURS: Final[dict[str, RGB]] = {
    "red": (0.86, 0.10, 0.10),
    "orange": (0.97, 0.47, 0.07),
    "yellow": (0.99, 0.87, 0.16),
    "green": (0.13, 0.60, 0.24),
    "blue": (0.11, 0.30, 0.86),
    "cyan": (0.12, 0.76, 0.84),
    "purple": (0.47, 0.19, 0.72),
    "pink": (0.98, 0.50, 0.70),
    "white": (0.95, 0.95, 0.93),
    "black": (0.09, 0.09, 0.11),
    "brown": (0.43, 0.25, 0.13),
    "gold": (0.84, 0.64, 0.20),
}

SKINS: Final[tuple[RGB, ...]] = (
    (0.98, 0.80, 0.68),
    (0.93, 0.72, 0.56),
    (0.80, 0.57, 0.41),
    (0.58, 0.38, 0.26),
    (0.42, 0.27, 0.19),
)
HAIRS: Final[tuple[RGB, ...]] = (
    (0.08, 0.06, 0.06),
    (0.20, 0.11, 0.07),
    (0.38, 0.21, 0.10),
    (0.62, 0.33, 0.14),
    (0.85, 0.66, 0.34),
)
TROUSERS: Final[tuple[RGB, ...]] = (
    (0.16, 0.19, 0.30),
    (0.10, 0.10, 0.12),
    (0.36, 0.30, 0.24),
    (0.30, 0.34, 0.40),
)
WALLS: Final[tuple[RGB, ...]] = (
    (0.93, 0.82, 0.62),
    (0.90, 0.66, 0.52),
    (0.70, 0.80, 0.80),
    (0.94, 0.91, 0.84),
    (0.80, 0.70, 0.62),
    (0.86, 0.76, 0.80),
    (0.72, 0.78, 0.66),
)
ROOFS: Final[tuple[RGB, ...]] = (
    (0.52, 0.25, 0.20),
    (0.28, 0.33, 0.42),
    (0.42, 0.30, 0.26),
    (0.34, 0.42, 0.38),
)
NEONS: Final[tuple[RGB, ...]] = (
    (1.00, 0.14, 0.36),
    (0.14, 0.72, 1.00),
    (1.00, 0.62, 0.10),
    (0.62, 0.24, 1.00),
    (0.16, 0.95, 0.55),
    (1.00, 0.26, 0.78),
)
CORALS: Final[tuple[RGB, ...]] = (
    (0.97, 0.36, 0.38),
    (0.98, 0.60, 0.24),
    (0.76, 0.34, 0.66),
    (0.98, 0.80, 0.40),
    (0.34, 0.74, 0.66),
    (0.96, 0.52, 0.66),
)

WOOD: Final[RGB] = (0.47, 0.31, 0.20)
BARK: Final[RGB] = (0.36, 0.25, 0.20)
CREAM: Final[RGB] = (0.96, 0.89, 0.74)
SNOW: Final[RGB] = (0.95, 0.96, 0.99)
RUBBER: Final[RGB] = (0.07, 0.07, 0.08)
STEEL: Final[RGB] = (0.56, 0.58, 0.61)
GLASS: Final[RGB] = (0.20, 0.31, 0.40)
LAMPLIGHT: Final[RGB] = (1.00, 0.86, 0.56)
INK: Final[RGB] = (0.05, 0.04, 0.05)
LEAVES: Final[tuple[RGB, ...]] = ((0.30, 0.66, 0.28), (0.20, 0.55, 0.26), (0.42, 0.72, 0.30))
BLOSSOMS: Final[tuple[RGB, ...]] = ((1.00, 0.72, 0.83), (0.98, 0.62, 0.77), (1.00, 0.82, 0.89))
AUTUMN: Final[tuple[RGB, ...]] = ((0.93, 0.48, 0.12), (0.85, 0.28, 0.12), (0.96, 0.70, 0.18))


def shade(colour: RGB, factor: float) -> RGB:
    """Darken (factor < 1) or lighten towards white (factor > 1) a colour."""
    rgb = np.asarray(colour, dtype=np.float64)
    mixed = rgb * factor if factor <= 1.0 else rgb + (1.0 - rgb) * min(factor - 1.0, 1.0)
    red, green, blue = (float(value) for value in np.clip(mixed, 0.0, 1.0))
    return red, green, blue


def mix(first: RGB, second: RGB, amount: float) -> RGB:
    """The colour `amount` of the way from `first` to `second`."""
    red, green, blue = (float(a + (b - a) * amount) for a, b in zip(first, second, strict=True))
    return red, green, blue


def accent_of(colour: RGB) -> RGB:
    """A second colour that shows a pattern on `colour` without hiding which colour it is."""
    luminance = 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2]
    return shade(colour, 0.55) if luminance > 0.75 else shade(colour, 1.72)
