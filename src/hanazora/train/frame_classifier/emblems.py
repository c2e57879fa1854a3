"""Hate symbols as bare geometry, and the harmless signs they must be told from.

An emblem is a set of strokes on the square from -1 to 1. Both the harmful and the harmless ones are
drawn with the same brushes, colours and backings, so that only the figure itself tells them apart.
"""

import numpy as np
from jaxtyping import Float

Point = tuple[int | float, int | float]
Stroke = tuple[Point, ...]
"""A line through points; x to the right, y upwards."""

TILE = 96
"""Pixels of a side of a drawn emblem."""


def _turned(stroke: Stroke, turns: int) -> tuple[Stroke, ...]:
    angles = 2 * np.pi * np.arange(turns) / turns
    return tuple(
        tuple((x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)) for x, y in stroke)
        for a in angles
    )


def _moved(stroke: Stroke, x: float, y: float = 0.0, scale: float = 1.0) -> Stroke:
    return tuple((scale * a + x, scale * b + y) for a, b in stroke)


def _ring(radius: float, start: float = 0.0, end: float = 2 * np.pi) -> Stroke:
    angles = np.linspace(start, end, 25)
    return tuple((radius * float(np.cos(a)), radius * float(np.sin(a))) for a in angles)


_HOOK: Stroke = ((0, 0), (0, 0.85), (0.85, 0.85))
_BOLT: Stroke = ((0.20, 0.95), (-0.25, -0.05), (0.25, 0.10), (-0.20, -0.95))
_RAY: Stroke = ((0.0, 0.36), (0.0, 0.66), (0.40, 0.86))
_SEVEN: Stroke = ((-0.05, 0.05), (0.10, 0.80), (0.62, 0.58))
_S: Stroke = tuple(
    [(0.32 * float(np.cos(a)), 0.45 + 0.42 * float(np.sin(a))) for a in np.linspace(0.6, 4.7, 12)]
    + [
        (-0.32 * float(np.cos(a)), -0.45 - 0.42 * float(np.sin(a)))
        for a in np.linspace(4.7, 0.6, 12)
    ]
)

HATEFUL: dict[str, tuple[Stroke, ...]] = {
    "hooked_cross": _turned(_HOOK, 4),
    "twin_bolts": (_moved(_BOLT, -0.42), _moved(_BOLT, 0.42)),
    "black_sun": (*_turned(_RAY, 12), _ring(0.36), _ring(0.95)),
    "triple_hook": _turned(_SEVEN, 3),
}
"""Mirrored twins count too: a mirrored video shows the same symbol."""

HARMLESS: dict[str, tuple[Stroke, ...]] = {
    "plus": _turned(((0, 0), (0, 0.9)), 4),
    "latin_cross": (((0, -0.95), (0, 0.95)), ((-0.55, 0.4), (0.55, 0.4))),
    "asterisk": _turned(((0, 0), (0, 0.9)), 6),
    "sun": (*_turned(((0, 0.55), (0, 0.95)), 12), _ring(0.42)),
    "wheel": (*_turned(((0, 0), (0, 0.9)), 8), _ring(0.9)),
    "pane": (((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (-0.8, -0.8)),
             ((0, -0.8), (0, 0.8)), ((-0.8, 0), (0.8, 0))),
    "grid": tuple(_moved(((-0.9, 0), (0.9, 0)), 0.0, y) for y in (-0.6, 0.0, 0.6))
            + tuple(((x, -0.9), (x, 0.9)) for x in (-0.6, 0.0, 0.6)),
    "star": (tuple((0.9 * float(np.sin(a)), 0.9 * float(np.cos(a)))
                   for a in 4 * np.pi / 5 * np.arange(6)),),
    "hexagram": (*_turned(((-0.78, -0.45), (0.78, -0.45)), 3),
                 *_turned(((-0.78, 0.45), (0.78, 0.45)), 3)),
    "bolt": (_BOLT,),
    "arrow": (((0, -0.9), (0, 0.9)), ((-0.5, 0.4), (0, 0.9), (0.5, 0.4))),
    "triangle": (((-0.8, -0.7), (0.8, -0.7), (0, 0.8), (-0.8, -0.7)),),
    "ring": (_ring(0.85),),
    "target": (_ring(0.85), _ring(0.45)),
    "peace": (_ring(0.9), ((0, -0.9), (0, 0.9)), ((-0.62, -0.62), (0, 0), (0.62, -0.62))),
    "clock": (_ring(0.9), ((0, 0), (0, 0.65)), ((0, 0), (0.4, -0.2)),
              *_turned(((0, 0.72), (0, 0.85)), 12)),
    "tri_star": (_ring(0.9), *_turned(((0, 0), (0, 0.9)), 3)),
    "pinwheel": _turned(((0, 0), (0, 0.85), (0.55, 0.45), (0, 0)), 4),
    "propeller": _turned(((0, 0), (0.2, 0.85), (-0.2, 0.85), (0, 0)), 3),
    "chasing": _turned(((-0.55, 0.75), (0.55, 0.75), (0.35, 0.95), (0.55, 0.75), (0.35, 0.55)), 3),
    "spiral": (tuple((0.0225 * k * float(np.cos(0.45 * k)), 0.0225 * k * float(np.sin(0.45 * k)))
                     for k in range(41)),),
    "snowflake": (*_turned(((0, 0), (0, 0.9)), 6),
                  *_turned(((-0.22, 0.75), (0, 0.5), (0.22, 0.75)), 6)),
    "hash": (((-0.3, -0.8), (-0.3, 0.8)), ((0.3, -0.8), (0.3, 0.8)),
             ((-0.8, -0.3), (0.8, -0.3)), ((-0.8, 0.3), (0.8, 0.3))),
    "letters_ss": (_moved(_S, -0.45), _moved(_S, 0.45)),
    "letter_h": (((-0.5, -0.8), (-0.5, 0.8)), ((0.5, -0.8), (0.5, 0.8)), ((-0.5, 0), (0.5, 0))),
    "letter_n": (((-0.5, -0.8), (-0.5, 0.8), (0.5, -0.8), (0.5, 0.8)),),
    "letter_z": (((-0.6, 0.8), (0.6, 0.8), (-0.6, -0.8), (0.6, -0.8)),),
    "letter_e": (((0.5, 0.8), (-0.5, 0.8), (-0.5, -0.8), (0.5, -0.8)), ((-0.5, 0), (0.4, 0))),
    "letter_k": (((-0.5, -0.8), (-0.5, 0.8)), ((0.5, 0.8), (-0.5, 0), (0.5, -0.8))),
    "letters_tl": (((-0.9, 0.8), (-0.1, 0.8)), ((-0.5, 0.8), (-0.5, -0.8)),
                   ((0.3, 0.8), (0.3, -0.8), (0.9, -0.8))),
    "digits_47": (((-0.3, -0.8), (-0.3, 0.8), (-0.9, -0.2), (-0.1, -0.2)),
                  ((0.2, 0.8), (0.9, 0.8), (0.4, -0.8))),
    "maze": (((-0.8, -0.8), (-0.8, 0.8), (0.8, 0.8), (0.8, -0.4), (-0.4, -0.4), (-0.4, 0.4),
              (0.4, 0.4)),),
}  # fmt: skip


def draw_emblem(
    strokes: tuple[Stroke, ...], thickness: float, angle: float, *, mirrored: bool
) -> Float[np.ndarray, "side side"]:
    """Draw strokes as a soft mask of `TILE` x `TILE` pixels, 1 on a stroke.

    Args:
        strokes: lines on the square from -1 to 1.
        thickness: half the width of a line on that square.
        angle: turn in radians.
        mirrored: swap left and right.
    """
    axis = np.linspace(-1.15, 1.15, TILE)
    x, y = np.meshgrid(axis, -axis)
    x, y = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    if mirrored:
        x = -x
    nearest = np.full((TILE, TILE), 9.0)
    for stroke in strokes:
        for start, end in zip(stroke[:-1], stroke[1:], strict=True):
            nearest = np.minimum(nearest, _distance(x, y, start, end))
    return np.clip((thickness - nearest) * TILE / 2.3 + 0.5, 0.0, 1.0)


def _distance(x: np.ndarray, y: np.ndarray, start: Point, end: Point) -> np.ndarray:
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = np.clip(along, 0.0, 1.0)
    across = np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)
    return np.asarray(across)


def draw_splash(rng: np.random.Generator) -> Float[np.ndarray, "side side"]:
    """Draw a splash of liquid as a soft mask: a body of blobs, drops around it and runs."""
    axis = np.linspace(-1.0, 1.0, TILE)
    x, y = np.meshgrid(axis, -axis)
    field = np.zeros((TILE, TILE))
    for _ in range(int(rng.integers(4, 9))):
        cx, cy, size = *rng.normal(0, 0.22, 2), rng.uniform(0.08, 0.28)
        field += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / size**2)
    for _ in range(int(rng.integers(10, 30))):
        angle, away, size = (
            rng.uniform(0, 2 * np.pi),
            rng.uniform(0.3, 0.95),
            rng.uniform(0.012, 0.06),
        )
        cx, cy = away * np.cos(angle), away * np.sin(angle)
        field += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / size**2)
    for _ in range(int(rng.integers(0, 4))):
        cx, low, wide = rng.uniform(-0.3, 0.3), rng.uniform(-0.95, -0.3), rng.uniform(0.015, 0.04)
        run = (y < 0.1) & (y > low)
        field += run * np.exp(-((x - cx) ** 2) / wide**2)
    return np.clip((field - 0.5) * 6.0 + 0.5, 0.0, 1.0)
