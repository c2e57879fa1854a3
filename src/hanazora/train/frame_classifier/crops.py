"""Training crops that say where the harm is, made by the hundred from few rendered pictures.

A crop is cut around what a picture shows, at any scale, its figures perhaps put onto another
place, and with an emblem, a sign, blood or paint laid over it. Every cell of the network's grid
gets an answer: the label is there, it is not, or too little of it to ask. So a thing of a few cells
is learned as fast as one that fills the picture, and its twins are told apart where they stand.
The cells in the middle of an emblem or a sign also know which one it is: to name all of them is a
richer lesson than to tell four from thirty.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn import functional

from hanazora.safety.frames.network import CELL_PX, LABELS
from hanazora.train.frame_classifier.composing import emblem_tile, perspective, splash_tile
from hanazora.train.frame_classifier.dataset import FIGURE, PictureSet
from hanazora.train.frame_classifier.emblems import HARMLESS, HATEFUL

SIDE = 128
"""Pixels of a side of a crop."""

SHARES = {
    "weapon": 0.22, "bare": 0.15, "blood": 0.12, "dressed": 0.11, "holding": 0.13, "red": 0.08,
    "world": 0.15, "texture": 0.04,
}  # fmt: skip
"""How often a crop is cut from each family; one that is not there gives its share to the others."""

_OVERLAYS = ("nothing", "emblem", "sign", "blood", "paint")
_OVERLAY_SHARES = (0.30, 0.25, 0.27, 0.09, 0.09)
SIGNS = (*HATEFUL, *HARMLESS)
"""Names of all emblems and signs."""
UNNAMED = -1
"""What a cell is called in which no emblem or sign stands."""
_COVERED = 0.3
"""Share of tiles of which up to a quarter is hidden."""
_PLACES = ("world", "texture")
_MOVED = 0.3
"""Share of crops whose figures are put onto another place."""
_NEEDED = {"gore": 0.25, "weapon": 0.12, "nudity": 0.5, "emblem": 0.5}
"""Share of a cell that a label must cover to be asked for there."""
_UNASKED = 0.02
"""Between this share and the needed one the cell is not asked."""
_GREATEST_ZOOM = {"bare": 1.25, "dressed": 1.25}
"""Whether a body is bare cannot be told from a knee."""
_ZOOM = (0.8, 1.7)


class Crops(NamedTuple):
    """A batch with an answer for every cell."""

    pictures: Float[Tensor, "b 3 s s"]
    """In [0, 1], as the renderer drew them."""
    wanted: Float[Tensor, "b labels g g"]
    """1 where the label is seen."""
    asked: Float[Tensor, "b labels g g"]
    """1 where it is clear whether the label is seen."""
    names: Int[Tensor, "b g g"]
    """Which of `SIGNS` a cell lies in the middle of, or `UNNAMED`."""


class _Cut(NamedTuple):
    picture: UInt8[Tensor, "3 s s"]
    marks: np.ndarray


class _Tile(NamedTuple):
    rgba: UInt8[np.ndarray, "4 t t"]
    name: int
    """Its place in `SIGNS`, or `UNNAMED`."""


class _Canvas(NamedTuple):
    """One crop of a batch, written to in place."""

    picture: Float[Tensor, "3 s s"]
    seen: Float[Tensor, "labels s s"]
    doubt: Float[Tensor, "s s"]
    """1 where an emblem is too near to say that there is none."""
    middle: Float[Tensor, "s s"]
    """1 in the middle of an emblem or a sign."""


class CropMaker:
    """Draws crops from sets of pictures.

    Args:
        sets: pictures with their marks; those of other families than `SHARES` are not used.
        seed: decides the tiles that are laid over crops.
        num_tiles: emblems and signs, each, and a quarter as many splashes of blood and of paint;
            they are turned when they are used.
    """

    def __init__(self, sets: Sequence[PictureSet], seed: int, num_tiles: int = 1200) -> None:
        self._sets = sets
        self._rows: dict[str, list[tuple[int, int]]] = {}
        for number, one in enumerate(sets):
            for row, family in enumerate(one.families):
                if family in SHARES:
                    self._rows.setdefault(family, []).append((number, row))
        self._families = sorted(self._rows)
        shares = np.array([SHARES[family] for family in self._families])
        self._shares = shares / shares.sum()
        rng = np.random.default_rng(seed)
        self._tiles: dict[str, list[_Tile]] = {kind: [] for kind in _OVERLAYS[1:]}
        for number in range(num_tiles):
            for kind, harmful in (("emblem", True), ("sign", False)):
                tile, name = emblem_tile(rng, hateful=harmful)
                self._tiles[kind].append(_Tile(_bytes(*tile), SIGNS.index(name)))
            if number % 4 == 0:  # a splash turned and scaled is another splash
                for kind, harmful in (("blood", True), ("paint", False)):
                    tile = splash_tile(rng, blood=harmful)
                    self._tiles[kind].append(_Tile(_bytes(*tile), UNNAMED))

    def draw(self, size: int, rng: np.random.Generator) -> Crops:
        """Draw a batch; the same generator gives the same crops."""
        cuts = [self._cut(rng) for _ in range(size)]
        pictures = torch.stack([cut.picture for cut in cuts]).float() / 255.0
        marks = np.stack([cut.marks for cut in cuts])
        seen = torch.from_numpy(np.stack([marks >> bit & 1 for bit in range(len(LABELS))], axis=1))
        seen = seen.float()
        # A pistol is a few pixels wide: what is around it tells as much.
        weapon = LABELS.index("weapon")
        armed = seen[:, weapon].amax(dim=(1, 2)) > 0
        seen[armed, weapon] = functional.max_pool2d(seen[armed, weapon, None], 5, 1, 2)[:, 0]
        doubt, middle = torch.zeros(2, size, SIDE, SIDE)
        names = torch.full((size,), UNNAMED)
        for row, kind in enumerate(rng.choice(_OVERLAYS, size, p=_OVERLAY_SHARES).tolist()):
            if kind != "nothing":
                figures = marks[row] >> FIGURE > 0
                canvas = _Canvas(pictures[row], seen[row], doubt[row], middle[row])
                names[row] = self._overlay(kind, rng, canvas, figures)
        within = functional.avg_pool2d(middle[:, None], CELL_PX)[:, 0] >= _NEEDED["emblem"]
        named = torch.where(within, names[:, None, None], UNNAMED)
        return Crops(pictures, *_answers(seen, doubt), named)

    def _cut(self, rng: np.random.Generator) -> _Cut:
        family = str(rng.choice(self._families, p=self._shares))
        cut = self._window(family, rng)
        figures = cut.marks >> FIGURE > 0
        places = [place for place in _PLACES if place in self._rows]
        if not places or rng.random() > _MOVED or figures.mean() < 0.03:
            return cut
        behind = self._window(places[int(rng.integers(len(places)))], rng).picture
        soft = torch.from_numpy(figures.astype(np.float32))[None, None]
        soft = functional.avg_pool2d(soft, 3, 1, 1)[0]
        mixed = cut.picture * soft + behind * (1 - soft)
        return _Cut(mixed.byte(), cut.marks)

    def _window(self, family: str, rng: np.random.Generator) -> _Cut:
        """Cut a square from a picture of a family, around what it shows."""
        rows = self._rows[family]
        number, row = rows[int(rng.integers(len(rows)))]
        picture, marks = self._sets[number].pictures[row], self._sets[number].marks[row]
        height, width = marks.shape
        greatest = _GREATEST_ZOOM.get(family, _ZOOM[1])
        zoom = float(np.exp(rng.uniform(np.log(_ZOOM[0]), np.log(greatest))))
        side = min(int(SIDE / zoom), height, width)
        harm = np.flatnonzero(marks & (1 << len(LABELS)) - 1)
        aimed = len(harm) > 0 and rng.random() < 0.8
        at = int(harm[int(rng.integers(len(harm)))] if aimed else rng.integers(marks.size))
        spot = np.array(np.unravel_index(at, marks.shape))
        free = np.array([height - side, width - side])
        top, left = np.clip(spot - rng.integers(side, size=2), 0, free).tolist()
        window = np.s_[top : top + side, left : left + side]
        cut, seen = picture[window], marks[window]
        if rng.random() < 0.5:
            cut, seen = cut[:, ::-1], seen[:, ::-1]
        # Bytes with their channels last are what is fastest to scale.
        pixels = torch.from_numpy(np.ascontiguousarray(cut))[None].permute(0, 3, 1, 2)
        pixels = functional.interpolate(pixels, (SIDE, SIDE), mode="bilinear", antialias=True)
        nearest = (np.arange(SIDE) * side) // SIDE
        return _Cut(pixels[0], seen[np.ix_(nearest, nearest)])

    def _overlay(
        self, kind: str, rng: np.random.Generator, canvas: _Canvas, figures: np.ndarray
    ) -> int:
        """Lay a tile over a crop, mark what it shows and what it hides, and return its name."""
        picture, seen = canvas.picture, canvas.seen
        bank = self._tiles[kind]
        rgba, name = bank[int(rng.integers(len(bank)))]
        turned = np.rot90(rgba, int(rng.integers(4)), axes=(1, 2))
        tile = torch.from_numpy(np.ascontiguousarray(turned)).float()[None] / 255.0
        if rng.random() < _COVERED:
            tile[:, 3, : int(rng.uniform(0.05, 0.25) * tile.shape[-1])] = 0.0
        side_px = float(np.exp(rng.uniform(np.log(0.24), np.log(1.1)))) * SIDE
        if side_px < 0.7 * tile.shape[-1]:
            tile = functional.interpolate(
                tile, (int(side_px),) * 2, mode="bilinear", antialias=True
            )
        spot = rng.uniform(0.15, 0.85, 2)
        if kind in ("blood", "paint") and figures.any() and rng.random() < 0.65:
            at = np.flatnonzero(figures)
            spot = np.array(np.unravel_index(at[int(rng.integers(len(at)))], figures.shape)) / SIDE
        grid = perspective(SIDE, SIDE, rng, (float(spot[0]), float(spot[1])), side_px)
        laid = functional.grid_sample(tile, torch.from_numpy(grid)[None], align_corners=False)[0]
        colour, alpha = laid[:3], laid[3] * float(rng.uniform(0.7, 1.0))
        if rng.random() < 0.5:  # painted on: the light of the place shows through
            light = picture.mean(dim=0)
            light = 0.45 + 0.55 * light / light.mean().clamp(min=0.1)
            colour = (colour * light.clamp(0.3, 1.5)).clamp(max=1.0)
        picture.copy_(colour * alpha + picture * (1 - alpha))
        seen.mul_(alpha < 0.5)
        if kind == "blood":
            seen[LABELS.index("gore")] += alpha >= 0.5
        away = torch.from_numpy(np.hypot(grid[..., 0], grid[..., 1]))
        if name != UNNAMED:
            canvas.middle.copy_(away < 0.5)
        if kind == "emblem":
            seen[LABELS.index("emblem")] += away < 0.5
            canvas.doubt.add_((away >= 0.5) & (away < 1.2))
        return name


def _answers(
    seen: Float[Tensor, "b labels s s"], doubt: Float[Tensor, "b s s"]
) -> tuple[Float[Tensor, "b labels g g"], Float[Tensor, "b labels g g"]]:
    """Turn what every pixel shows into what is wanted and asked of every cell."""
    share = functional.avg_pool2d(seen, CELL_PX)
    needed = torch.tensor([_NEEDED[label] for label in LABELS])[:, None, None]
    wanted = (share >= needed).float()
    asked = ((share < _UNASKED) | (share >= needed)).float()
    emblem = LABELS.index("emblem")
    clear = functional.avg_pool2d(doubt[:, None], CELL_PX)[:, 0] < _UNASKED
    asked[:, emblem] *= clear | (wanted[:, emblem] > 0)
    return wanted, asked


def _bytes(colour: Float[np.ndarray, "t t 3"], alpha: Float[np.ndarray, "t t"]) -> np.ndarray:
    rgba = np.concatenate([colour.transpose(2, 0, 1), alpha[None]])
    return np.asarray(np.clip(rgba, 0, 1) * 255.0 + 0.5).astype(np.uint8)
