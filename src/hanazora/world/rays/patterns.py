"""Surface patterns, each smoothed analytically over the pixel's footprint so that it never aliases.

A periodic bar pattern averaged over a box of width w is the difference of its integral at the two
ends divided by w, exact for any w; every pattern here is made of such bars.
"""

import torch
from torch import Tensor

from hanazora.world.primitives import PATTERNS
from hanazora.world.rays.noise import hash2

_INDEX = {name: float(index) for index, name in enumerate(PATTERNS)}


def bars(x: Tensor, duty: float, width: Tensor) -> Tensor:
    """Average over `width` of a wave that is 1 on the first `duty` of every unit, else 0."""

    def integral(at: Tensor) -> Tensor:
        whole = torch.floor(at)
        return whole * duty + (at - whole).clamp(max=duty)

    half = width * 0.5
    return (integral(x + half) - integral(x - half)) / width


def exclusive(a: Tensor, b: Tensor) -> Tensor:
    """Coverage of "exactly one of two" for independent coverages."""
    return a + b - 2 * a * b


def _dots(x: Tensor, y: Tensor, z: Tensor, width: Tensor) -> Tensor:
    x, y, z = (v - torch.floor(v) - 0.5 for v in (x, y, z))
    radius = torch.sqrt(x * x + y * y + z * z)
    sharp = ((0.33 - radius) / width.clamp_min(0.02) + 0.5).clamp(0, 1)
    fade = (width - 0.5).clamp(0, 1)
    return sharp * (1 - fade) + 0.3 * fade


def _stroke(at: Tensor, middle: float, width: Tensor) -> Tensor:
    return ((0.08 - (at - middle).abs()) / width + 0.5).clamp(0, 1)


def _glyphs(x: Tensor, y: Tensor, chance: Tensor, wu: Tensor, wv: Tensor) -> Tensor:
    """Invented characters: up to three strokes each way in every cell."""
    i, j = torch.floor(x), torch.floor(y)
    u, v = (x - i) * 1.25 - 0.125, (y - j) * 1.25 - 0.125
    wu, wv = wu.clamp_min(0.02) * 1.25, wv.clamp_min(0.02) * 1.25
    seed = chance * 64.0
    inside = (u > 0) & (u < 1) & (v > 0) & (v < 1)
    ink = torch.zeros_like(u)
    for bit, middle in enumerate((0.12, 0.5, 0.88)):
        across = torch.floor(seed * 0.5**bit)
        across = across - 2 * torch.floor(across * 0.5)
        up = torch.floor(seed * 0.5 ** (bit + 3))
        up = up - 2 * torch.floor(up * 0.5)
        reach = torch.where(u < 0.5 + 0.5 * up, 1.0, 0.35)
        ink = torch.maximum(ink, _stroke(v, middle, wv) * torch.maximum(across, 1 - up) * reach)
        ink = torch.maximum(ink, _stroke(u, middle, wu) * torch.maximum(up, 1 - across))
    fade = ((torch.maximum(wu, wv) - 0.4) * 2).clamp(0, 1)
    return torch.where(inside, ink, 0.0) * (1 - fade) + 0.35 * fade


def _windows(x: Tensor, y: Tensor, chance: Tensor, wu: Tensor, wv: Tensor) -> tuple[Tensor, Tensor]:
    """Panes, and how brightly each one is lit."""
    panes = bars(x - 0.2, 0.6, wu) * bars(y - 0.22, 0.56, wv)
    fade = (torch.maximum(wu, wv) - 0.6).clamp(0, 1)
    lit = torch.where(chance > 0.42, 0.55 + 0.45 * chance, 0.06)
    return panes, lit * (1 - fade) + 0.45 * fade


def _shop(x: Tensor, y: Tensor, bumps: Tensor, wu: Tensor, wv: Tensor) -> Tensor:
    """Panes down to a low sill with goods standing in them."""
    panes = bars(x - 0.07, 0.86, wu)
    low = ((y - 0.16) / wv + 0.5).clamp(0, 1) * ((0.86 - y) / wv + 0.5).clamp(0, 1)
    shelf = bumps * 0.35 + 0.15
    goods = ((shelf - y) / wv.clamp_min(0.03) + 0.5).clamp(0, 1)
    return panes * low * (1 - 0.55 * goods)


def noise_places(
    u: Tensor, v: Tensor, salt: Tensor
) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Where patterns want noise: mottling, and the goods in a shop window."""
    return (u * 2.0 + salt, v * 2.0), (u * 5.0, salt)


def pattern_weights(
    kind: Tensor,
    cells: tuple[Tensor, Tensor, Tensor],
    widths: tuple[Tensor, Tensor],
    salt: Tensor,
    height: Tensor,
    noises: tuple[Tensor, Tensor],
) -> tuple[Tensor, Tensor]:
    """How much of colour2 a point shows, and how much of its emission it gives.

    Args:
        kind: index into PATTERNS as float.
        cells: pattern coordinates across, up, and in depth (0 on flat faces).
        widths: footprint of a pixel in cells, across and up.
        salt: number that tells objects apart.
        height: 0 at the solid's bottom .. 1 at its top.
        noises: smooth noise at `noise_places`.
    """
    u, v, w = cells
    wu, wv = widths
    chance = hash2(torch.floor(u) + salt * 31.0, torch.floor(v) + salt * 17.0)
    across, up = bars(u, 0.5, wu), bars(v, 0.5, wv)
    squares = exclusive(bars(u * 0.5, 0.5, wu * 0.5), bars(v * 0.5, 0.5, wv * 0.5))
    squares = exclusive(squares, bars(w * 0.5, 0.5, wu * 0.5))
    panes, lit = _windows(u, v, chance, wu, wv)
    shop = _shop(u, height, noises[1], wu, wv)
    joints = 1 - bars(v, 0.86, wv) * bars(u + 0.5 * torch.floor(v), 0.92, wu)
    weight = torch.zeros_like(u)
    for name, value in (
        ("check", squares), ("stripe", up), ("bars", across),
        ("dots", _dots(u, v, w, torch.maximum(wu, wv))), ("windows", panes), ("shop", shop),
        ("glyphs", _glyphs(u, v, chance, wu, wv)), ("bricks", joints), ("gradient", height),
        ("mottled", noises[0]),
    ):  # fmt: skip
        weight = torch.where(kind == _INDEX[name], value, weight)
    glow = torch.where(kind == _INDEX["windows"], panes * lit, torch.ones_like(u))
    glow = torch.where(kind == _INDEX["shop"], shop, glow)
    return weight, glow
