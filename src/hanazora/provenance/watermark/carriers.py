"""The secret pattern of one key, salt and grid: random signs, and which bit each chip carries.

Spread spectrum (Cox, Kilian, Leighton and Shamoon 1997): 70 % of the chips are the pilot, always
the same for a key and a salt, which proves that there is a mark and finds its place; every other
chip carries one of the 124 code bits. A salt is one of eight, so that averaging the videos
of a key does not lay its pattern bare. All randomness comes out of SHAKE-256, so that no release
of any library can change it.
"""

import functools
import hashlib
import math

import numpy as np
from jaxtyping import Complex, Float, UInt8

from hanazora.provenance.watermark.bch import CODE_BITS
from hanazora.provenance.watermark.layout import Layout
from hanazora.provenance.watermark.planes import band

NUM_PLANES = 2
NUM_SALTS = 8
BANDS = ((0.11, 0.19), (0.03, 0.07))
"""Band of the mark in luma and in colour, in cycles per chip."""

_DOMAIN = b"hanazora watermark 2"
_DRAWS_PER_BIT = 158
"""Of 65,536 values of a draw, those that give a chip to one code bit; the pilot has the rest."""


class Carriers:
    """Chips of one key, salt and grid; made by `build_carriers`.

    Args:
        signs: -1 or 1 per plane and chip.
        slots: the code bit of each chip, -1 for the pilot.
    """

    def __init__(self, signs: np.ndarray, slots: np.ndarray) -> None:
        self.pilot: Float[np.ndarray, "planes h w"] = np.where(slots < 0, signs, np.float32(0))
        """Signs of the pilot, 0 elsewhere."""
        self._payload = np.where(slots < 0, np.float32(0), signs)
        self._slots = slots
        self.pilot_share = float(np.mean(slots < 0))
        """Part of the chips that belongs to the pilot."""

    @functools.cached_property
    def pilot_spectrum(self) -> Complex[np.ndarray, "planes h half_w"]:
        """The pilot as `np.fft.rfft2` sees it, to slide a picture over it."""
        return np.fft.rfft2(self.pilot)

    def fields(self, code: UInt8[np.ndarray, "bits"]) -> Float[np.ndarray, "planes h w"]:
        """Return the pattern of a word: one plane each, in its band, of mean square 1."""
        bit_signs = np.append(2 * code.astype(np.float32) - 1, 0)  # slot -1 picks the last
        chips = self.pilot + self._payload * bit_signs[self._slots]
        shape = chips.shape[-2:]
        planes = []
        for plane, edges in zip(chips, BANDS, strict=True):
            field = np.fft.irfft2(np.fft.rfft2(plane) * band(*shape, *edges), shape)
            planes.append(field / field.std())
        return np.stack(planes).astype(np.float32)

    def pilot_score(self, look: Float[np.ndarray, "planes h w"]) -> float:
        """Return the sum over the pilot in standard deviations: a fair coin per chip gives 0, 1."""
        voted = self.pilot * look
        agreement, energy = float(voted.sum()), float(np.vdot(voted, voted))
        return agreement / math.sqrt(energy) if energy else 0.0

    def soft_bits(self, look: Float[np.ndarray, "planes h w"]) -> Float[np.ndarray, "bits"]:
        """Return one value per code bit; together they have length 1 where no mark is."""
        values = self._payload * look
        sums = np.bincount(self._slots.ravel() + 1, values.ravel(), CODE_BITS + 1)[1:]
        energy = float(np.vdot(values, values))
        return sums / math.sqrt(energy) if energy else sums


@functools.lru_cache(maxsize=24)
def build_carriers(key: bytes, salt: int, layout: Layout) -> Carriers:
    """Draw the chips.

    Args:
        key: the secret; at least 16 bytes.
        salt: 0 to 7.
        layout: the grid.
    """
    if len(key) < 16:
        raise ValueError(f"a watermark key has {len(key)} bytes; it needs at least 16")
    if not 0 <= salt < NUM_SALTS:
        raise ValueError(f"salt is {salt}; it must be 0 to {NUM_SALTS - 1}")
    shape = (NUM_PLANES, *layout)
    count = NUM_PLANES * layout.rows * layout.columns
    name = f"{salt} {layout.rows} {layout.columns} {len(key)} ".encode()
    stream = hashlib.shake_256(_DOMAIN + name + key).digest(2 * count + count // 8)
    draws = np.frombuffer(stream, "<u2", count).astype(np.int32)
    signs = 2 * np.unpackbits(np.frombuffer(stream, np.uint8)[2 * count :]).astype(np.float32) - 1
    slots = np.where(draws < CODE_BITS * _DRAWS_PER_BIT, draws // _DRAWS_PER_BIT, -1)
    return Carriers(signs.reshape(shape), slots.reshape(shape))
