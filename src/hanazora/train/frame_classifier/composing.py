"""Pictures put onto pictures: emblems and splashes in perspective, figures on other backgrounds."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch.nn import functional

from hanazora.train.autoencoder_data import make_textures
from hanazora.train.frame_classifier.emblems import (
    HARMLESS,
    HATEFUL,
    TILE,
    draw_emblem,
    draw_splash,
)

Picture = UInt8[np.ndarray, "h w 3"]
_FLAG = (np.array([0.75, 0.08, 0.10]), np.array([0.95, 0.95, 0.93]), np.array([0.06, 0.06, 0.07]))
"""The banner that harmless signs get as often as harmful ones, lest its colours be the answer."""


class Tile(NamedTuple):
    """A square picture with its opacity."""

    colour: Float[np.ndarray, "side side 3"]
    alpha: Float[np.ndarray, "side side"]


def emblem_tile(rng: np.random.Generator, *, hateful: bool) -> tuple[Tile, str]:
    """Draw an emblem with a brush, colours and perhaps a backing; returns its name, too."""
    kinds = HATEFUL if hateful else HARMLESS
    name = list(kinds)[int(rng.integers(len(kinds)))]
    mask = draw_emblem(
        kinds[name],
        float(rng.uniform(0.05, 0.10) if name == "black_sun" else rng.uniform(0.07, 0.20)),
        float(rng.choice([0.0, np.pi / 4]) + rng.normal(0, 0.25)),
        mirrored=bool(rng.random() < 0.3),
    )
    ink, paper = _colours(rng)
    colour = np.broadcast_to(ink, (TILE, TILE, 3))
    backing = rng.random()
    if backing < 0.35:
        return Tile(colour.copy(), mask), name
    axis = np.linspace(-1.15, 1.15, TILE)
    round_mask = np.clip((1.12 - np.hypot(*np.meshgrid(axis, axis))) * 20, 0, 1)
    if backing < 0.55:
        inner = mask[..., None] * ink + (1 - mask[..., None]) * paper
        return Tile(inner, round_mask), name
    small = _shrunk(mask, 0.62) if backing > 0.8 else mask
    disc = _shrunk(round_mask, 0.78)[..., None] * (backing > 0.8)
    cloth, middle, sign = _FLAG if backing > 0.88 else (_colours(rng)[1], paper, ink)
    field = cloth * (1 - disc) + middle * disc
    return Tile(
        small[..., None] * sign + (1 - small[..., None]) * field, np.ones((TILE, TILE))
    ), name


def splash_tile(rng: np.random.Generator, *, blood: bool) -> Tile:
    """Draw a splash of blood, or of paint in a colour that blood never has."""
    mask = draw_splash(rng)
    if blood:
        red = rng.uniform(0.28, 0.62)
        colour = np.array([red, red * rng.uniform(0, 0.14), red * rng.uniform(0, 0.16)])
    else:
        colour = rng.uniform(0.0, 1.0, 3)
        colour[1] = max(colour[1], colour[0] * rng.uniform(0.55, 1.0))  # as much green as red
    gloss = 1.0 + 0.25 * rng.normal() * np.linspace(-1, 1, TILE)[:, None, None]
    return Tile(np.clip(colour * gloss * np.ones((TILE, TILE, 1)), 0, 1), mask)


def lay(
    picture: Picture, tile: Tile, rng: np.random.Generator, at: tuple[float, float], side_px: float
) -> UInt8[np.ndarray, "h w 3"]:
    """Lay a tile onto a picture: in perspective, partly covered, lit as the place is, blurred.

    Args:
        picture: what it is laid onto.
        tile: what is laid.
        rng: draws the rest.
        at: middle of the tile, as shares of height and width.
        side_px: side of the tile in pixels.
    """
    height, width = picture.shape[:2]
    rgba = np.concatenate([tile.colour, (tile.alpha * _cover(rng))[..., None]], axis=-1)
    source = torch.from_numpy(rgba.astype(np.float32)).permute(2, 0, 1)[None]
    if side_px < 0.7 * TILE:
        source = functional.interpolate(
            source, (max(int(side_px), 8),) * 2, mode="bilinear", antialias=True
        )
    grid = perspective(height, width, rng, at, side_px)
    warped = functional.grid_sample(
        source, torch.from_numpy(grid)[None], padding_mode="zeros", align_corners=False
    )
    if rng.random() < 0.3:
        factor = float(rng.uniform(1.2, 2.5))
        small = functional.interpolate(
            warped, (int(height / factor), int(width / factor)), mode="bilinear", antialias=True
        )
        warped = functional.interpolate(small, (height, width), mode="bilinear")
    colour, alpha = warped[0, :3].permute(1, 2, 0).numpy(), warped[0, 3].numpy()[..., None]
    alpha = alpha * float(rng.uniform(0.7, 1.0))
    below = picture.astype(np.float32) / 255.0
    if rng.random() < 0.5:  # painted on: the light and the grain of the place show through
        light = below.mean(axis=-1, keepdims=True)
        colour = colour * np.clip(0.45 + light / max(float(light.mean()), 0.1) * 0.55, 0.3, 1.5)
    mixed = np.clip(colour * alpha + below * (1 - alpha), 0, 1)
    return np.asarray(mixed * 255.0 + 0.5).astype(np.uint8)


def paste(
    picture: Picture, kept: Bool[np.ndarray, "h w"], background: Picture
) -> UInt8[np.ndarray, "h w 3"]:
    """Put the kept pixels of a picture onto another background."""
    soft = torch.from_numpy(kept.astype(np.float32))[None, None]
    edge = functional.avg_pool2d(soft, 3, 1, 1)[0, 0].numpy()[..., None] * kept[..., None]
    mixed = picture * edge + background * (1 - edge)
    return np.asarray(mixed + 0.5).astype(np.uint8)


class Backgrounds:
    """Pictures that nothing is in: 1/f textures and gradients.

    Args:
        seed: decides the textures.
    """

    def __init__(self, seed: int) -> None:
        self._textures = make_textures(np.random.default_rng(seed), count=24)

    def draw(self, rng: np.random.Generator, height: int, width: int) -> Picture:
        """Draw one of a size up to 384."""
        texture = self._textures[int(rng.integers(len(self._textures)))]
        top, left = (int(rng.integers(texture.shape[0] - side + 1)) for side in (height, width))
        cut = texture[top : top + height, left : left + width].astype(np.float32)
        ramp = np.linspace(-1, 1, height)[:, None, None] * rng.normal(0, 30, 3)
        tint = rng.uniform(0.4, 1.2, 3) if rng.random() < 0.5 else 1.0
        contrast = float(rng.uniform(0.1, 1.0))
        mixed = (cut * contrast + (1 - contrast) * rng.uniform(20, 235, 3) + ramp) * tint
        return np.clip(mixed, 0, 255).astype(np.uint8)


def _colours(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw two colours of clearly different brightness."""
    dark, light = rng.uniform(0.0, 0.4, 3), rng.uniform(0.55, 1.0, 3)
    return (dark, light) if rng.random() < 0.6 else (light, dark)


def _shrunk(mask: np.ndarray, share: float) -> np.ndarray:
    source = torch.from_numpy(mask.astype(np.float32))[None, None]
    axis = torch.linspace(-1 / share, 1 / share, TILE)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)[None]
    return np.asarray(functional.grid_sample(source, grid, align_corners=False)[0, 0].numpy())


def _cover(rng: np.random.Generator) -> np.ndarray:
    """Return a mask of a tile of which at most a quarter is hidden, mostly nothing."""
    seen = np.ones((TILE, TILE))
    if rng.random() < 0.35:
        share = float(rng.uniform(0.05, 0.25))
        cut = int(share * TILE)
        side = int(rng.integers(4))
        seen = np.rot90(seen, side).copy()
        seen[:cut] = 0.0
        seen = np.rot90(seen, -side)
    return seen


def perspective(
    height: int, width: int, rng: np.random.Generator, at: tuple[float, float], side_px: float
) -> Float[np.ndarray, "h w 2"]:
    """Return for every pixel its place on a tile that is seen at an angle, from -1 to 1.

    Args:
        height: of the picture in pixels.
        width: of the picture in pixels.
        rng: draws the angles.
        at: middle of the tile, as shares of height and width.
        side_px: side of the tile in pixels, seen from the front.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x - at[1] * width) * 2 / side_px, (y - at[0] * height) * 2 / side_px
    # Turned about the upward and the sideways axis, then seen from four sides away.
    yaw, pitch, roll = rng.uniform(-0.8, 0.8), rng.uniform(-0.6, 0.6), rng.normal(0, 0.15)
    turn = _rotation(yaw, pitch, roll)
    distance = 4.0
    # Solve (u, v) of the plane from the ray through (x, y).
    a = turn[0, 0] * distance - x * turn[2, 0], turn[0, 1] * distance - x * turn[2, 1], x * distance
    b = turn[1, 0] * distance - y * turn[2, 0], turn[1, 1] * distance - y * turn[2, 1], y * distance
    det = a[0] * b[1] - a[1] * b[0]
    u, v = (a[2] * b[1] - a[1] * b[2]) / det, (a[0] * b[2] - a[2] * b[0]) / det
    return np.stack([u, v], axis=-1).astype(np.float32)


def _rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    around_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    around_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    around_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(around_y @ around_x @ around_z)
