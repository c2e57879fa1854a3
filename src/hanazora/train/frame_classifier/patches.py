"""Small patches that an emblem or a splash fills, made by the hundred.

In a whole picture an emblem is a few cells among a hundred, and a network from scratch needs very
long to find out that they matter. In a patch they are most of what there is; a patch also costs a
fifth. Whole pictures then teach where and how rarely such things occur.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from hanazora.safety.frames.network import LABELS
from hanazora.train.frame_classifier.composing import (
    emblem_tile,
    perspective,
    splash_tile,
)

SIDE = 80
"""Pixels of a side of a patch."""

_KINDS = ("emblem", "sign", "blood", "paint", "nothing")
_SHARES = (0.34, 0.34, 0.12, 0.12, 0.08)


class PatchMaker:
    """Lays tiles from a bank onto crops of pictures.

    Args:
        pictures: what the patches are cut from; nothing harmful may be in them.
        seed: decides the tiles.
        num_tiles: tiles of each kind.
    """

    def __init__(
        self, pictures: Sequence[UInt8[np.ndarray, "_h _w 3"]], seed: int, num_tiles: int = 300
    ) -> None:
        rng = np.random.default_rng(seed)
        self._pictures = pictures
        self._tiles: dict[str, list[np.ndarray]] = {kind: [] for kind in _KINDS}
        for _ in range(num_tiles):
            for kind, hateful in (("emblem", True), ("sign", False)):
                self._tiles[kind].append(_rgba(*emblem_tile(rng, hateful=hateful)[0]))
            for kind, blood in (("blood", True), ("paint", False)):
                self._tiles[kind].append(_rgba(*splash_tile(rng, blood=blood)))

    def draw(
        self, size: int, rng: np.random.Generator
    ) -> tuple[Float[Tensor, "b 3 s s"], Float[Tensor, "b labels"]]:
        """Draw a batch of patches in [0, 1] with their labels."""
        kinds = [str(kind) for kind in rng.choice(_KINDS, size, p=_SHARES)]
        below = np.stack([self._crop(rng) for _ in kinds]).astype(np.float32) / 255.0
        tiles = np.zeros((size, 4, *self._tiles["sign"][0].shape[1:]), np.float32)
        grids = np.zeros((size, SIDE, SIDE, 2), np.float32)
        labels = torch.zeros(size, len(LABELS))
        for row, kind in enumerate(kinds):
            spot = (float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.4, 0.6)))
            grids[row] = perspective(SIDE, SIDE, rng, spot, float(rng.uniform(0.45, 1.0)) * SIDE)
            if kind != "nothing":
                bank = self._tiles[kind]
                tiles[row] = bank[int(rng.integers(len(bank)))]
            if kind in ("emblem", "blood"):
                labels[row, LABELS.index("emblem" if kind == "emblem" else "gore")] = 1.0
        laid = functional.grid_sample(
            torch.from_numpy(tiles), torch.from_numpy(grids), align_corners=False
        )
        alpha = laid[:, 3:] * torch.from_numpy(rng.uniform(0.7, 1, (size, 1, 1, 1))).float()
        ground = torch.from_numpy(below).permute(0, 3, 1, 2)
        return laid[:, :3] * alpha + ground * (1 - alpha), labels

    def _crop(self, rng: np.random.Generator) -> UInt8[np.ndarray, "s s 3"]:
        picture = self._pictures[int(rng.integers(len(self._pictures)))]
        top, left = (int(rng.integers(side - SIDE + 1)) for side in picture.shape[:2])
        return picture[top : top + SIDE, left : left + SIDE]


def _rgba(
    colour: Float[np.ndarray, "t t 3"], alpha: Float[np.ndarray, "t t"]
) -> Float[np.ndarray, "4 t t"]:
    return np.concatenate([colour.transpose(2, 0, 1), alpha[None]]).astype(np.float32)
