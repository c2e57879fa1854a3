"""Pictures that were taken down before, known by what they look like.

The perceptual hash is the sign of the lowest 64 frequencies of a 32 x 32 grey picture: close for
copies that were scaled or compressed again, far for others. A blocklist is a text file with one
hash of 16 hexadecimal digits a line; what follows it on the line, or a # in front, is a comment.
Mirrored copies are found too. The policy names the file as its list "blocklist".
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from hanazora.core.errors import UserError
from hanazora.media.frames import Frames, Picture
from hanazora.safety.frames.moderator import Scores
from hanazora.safety.policy import Policy

LIST_NAME = "blocklist"
CATEGORY = "blocklist"
MAX_DISTANCE = 8
"""Bits that may differ. Unrelated pictures differ in 20 and more of the 64."""

_SIDE = 32
_MIN_SPREAD = 4.0
"""Grey levels of deviation below which a picture is too plain to be known again."""


def picture_hash(picture: Picture) -> int | None:
    """Return the perceptual hash of a picture, 64 bits; none for one that is nearly plain."""
    grey = _grey(picture)
    if grey.std() < _MIN_SPREAD:
        return None
    basis = _cosines()
    low = (basis @ grey @ basis.T).reshape(-1)
    # The mean grey says nothing, so the first bit compares the next two frequencies instead.
    bits = low > np.median(low[1:])
    bits[0] = low[1] > low[8]
    return int("".join("1" if bit else "0" for bit in bits), 2)


def read_blocklist(text: str) -> tuple[int, ...]:
    """Return the hashes of a blocklist.

    Raises:
        UserError: a line is no hash.
    """
    hashes = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words[0]) != 16 or any(letter not in "0123456789abcdef" for letter in words[0]):
            raise UserError(f"line {number} of the blocklist", "a hash has 16 hexadecimal digits")
        hashes.append(int(words[0], 16))
    return tuple(hashes)


class BlocklistModerator:
    """Finds pictures of the policy's blocklist.

    Args:
        policy: names the file; without one nothing is found.
    """

    name = "blocklist"
    categories = (CATEGORY,)
    required = True
    timeout_s = 10.0

    def __init__(self, policy: Policy) -> None:
        text = policy.read_list(LIST_NAME) if LIST_NAME in policy.data.lists else ""
        self.hashes = read_blocklist(text)

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return 1 for a picture of the list and nothing for others."""
        return [{CATEGORY: 1.0} if self._is_listed(picture) else {} for picture in pictures]

    def _is_listed(self, picture: Picture) -> bool:
        if not self.hashes:
            return False
        found = (picture_hash(picture), picture_hash(picture[:, ::-1]))
        return any(
            (one ^ listed).bit_count() <= MAX_DISTANCE
            for one in found
            if one is not None
            for listed in self.hashes
        )


def _grey(picture: Picture) -> Float[np.ndarray, "32 32"]:
    """Return the mean grey of 32 x 32 cells, whatever the size of the picture."""
    luma = picture @ np.array([0.299, 0.587, 0.114])
    rows, columns = (np.linspace(0, side, _SIDE + 1) for side in luma.shape)
    summed = np.pad(luma.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    # Cells need not end on pixels: the summed table is read between its points.
    table = _between(_between(summed, rows).T, columns).T
    cells = np.diff(np.diff(table, axis=0), axis=1)
    return np.asarray(cells / np.outer(np.diff(rows), np.diff(columns)))


def _between(table: np.ndarray, places: np.ndarray) -> np.ndarray:
    low = np.minimum(places.astype(int), len(table) - 2)
    share = (places - low)[:, None]
    return np.asarray(table[low] * (1 - share) + table[low + 1] * share)


@lru_cache(maxsize=1)
def _cosines() -> Float[np.ndarray, "8 32"]:
    steps = np.pi / _SIDE * (np.arange(_SIDE) + 0.5)
    return np.asarray(np.cos(np.outer(np.arange(8), steps)))
