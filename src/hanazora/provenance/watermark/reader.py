"""Read a mark: is there one, which id does it carry, and how sure is that.

The place of a mark is found with its pilot alone, and pilot and word share no chip. So what was
tried to find the place is paid for once, by the claim that there is a mark. The id pays for the
words it was picked from, and it is weighed against wrong words in the presence of the right one:
a strong mark lifts every word that happens to lie near what was read.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hanazora.media.frames import Frames
from hanazora.provenance.watermark.bch import ID_BITS, decode, encode_all
from hanazora.provenance.watermark.carriers import build_carriers
from hanazora.provenance.watermark.evidence import MAX_P, p_value, search_cost, window_cost
from hanazora.provenance.watermark.look import views_of
from hanazora.provenance.watermark.search import Place, Views, search

_WINDOW_S, _LONG_S = 4, 8
MAX_ID_P = 1e-4
"""An id is named if fewer marks than this would be misnamed; the fingerprint must agree as well."""
_WORD_SHARE = 4
"""The search takes half of the false-alarm rate; a word, and a word with its pilot, a quarter."""


class MarkReading(NamedTuple):
    """What was found in a video or picture."""

    found: bool
    """Whether there is a mark of one of the keys, at a false-alarm rate of 1e-6."""
    mark_id: int | None
    """Its id; None where the mark is there but its bits are too weak to name it."""
    p_value: float
    """Bound on the probability of so much agreement without a mark, everything tried counted."""
    blind_p_value: float
    """The same without the help of known ids."""
    id_p_value: float
    """The same for the id, once there is a mark: bound on any word fitting its bits by chance."""
    num_geometries: int
    """Scores tried, over places, salts and keys."""
    bits_matched: int
    """Bits of the nearest word, of 124, that were read right one by one; 62 by chance."""
    geometry: Place
    """How the picture lies on the grid of the mark."""
    key_index: int
    """Which of the keys."""
    from_known: bool
    """Whether the id was picked from the known ones, because its bits alone were too weak."""


def read_mark(
    frames: Frames,
    fps: int | float,
    keys: Sequence[bytes],
    *,
    known_ids: Sequence[int] = (),
    cropped: bool = True,
) -> MarkReading:
    """Look for a mark.

    Args:
        frames: a video, or one picture.
        fps: frames per second; long videos are also read in windows of four seconds.
        keys: the secrets whose marks are looked for.
        known_ids: ids that were given out, from a ledger; an id among few is told from less.
        cropped: look for cropped pictures too, which takes seconds where no mark is.
    """
    if not len(frames) or not keys:
        raise ValueError(f"{len(frames)} frames and {len(keys)} keys; at least 1 of each is needed")
    readings: list[MarkReading] = []
    pieces = _pieces(frames, fps)
    for number, piece in enumerate(pieces, start=1):
        reading = _read(views_of(piece), keys, known_ids, cropped=cropped and number == 1)
        # A short video is read once and owes nothing for windows.
        cost = window_cost(number) if len(pieces) > 1 else 1
        readings.append(_paid(reading, cost))
        if readings[-1].found:
            break
    return min(readings, key=lambda reading: reading.p_value)


def _pieces(frames: Frames, fps: int | float) -> list[np.ndarray]:
    length = max(round(_WINDOW_S * fps), 1)
    starts = range(0, len(frames), length) if len(frames) > _LONG_S * fps else range(0)
    return [frames, *(frames[start : start + length] for start in starts)]


def _read(
    views: np.ndarray, keys: Sequence[bytes], known_ids: Sequence[int], *, cropped: bool
) -> MarkReading:
    hit = search(views, keys, cropped=cropped)
    carriers = build_carriers(keys[hit.key_index], hit.salt, hit.place.layout)
    soft = carriers.soft_bits(Views(views).of(hit.place))
    length = float(np.linalg.norm(soft))  # 1 without a mark, more with one
    word = decode(soft)
    score, num_words = float(soft @ (2.0 * word.bits - 1)), 2.0**ID_BITS
    blind_chance = min(hit.p_value, p_value(score, _WORD_SHARE * num_words))
    mark_id, chance, id_chance = word.mark_id, blind_chance, p_value(score / length, 2 * num_words)
    from_known = id_chance > MAX_ID_P and len(known_ids) > 0
    if from_known:
        mark_id, score = _nearest_known(soft, known_ids)
        id_chance = p_value(score / length, 2 * len(known_ids))
        # They share no chip, so weights whose squares sum to 1 keep the deviation at 1.
        share = carriers.pilot_share
        both = math.sqrt(share) * hit.score + math.sqrt(1 - share) * score
        cost = _WORD_SHARE * search_cost(hit.num_places) * len(known_ids)
        chance = min(blind_chance, p_value(both, cost))
    matched = int(np.sum((soft > 0) == (word.bits > 0)))
    return MarkReading(
        found=chance <= MAX_P,
        mark_id=mark_id if chance <= MAX_P and id_chance <= MAX_ID_P else None,
        p_value=chance,
        blind_p_value=blind_chance,
        id_p_value=id_chance,
        num_geometries=hit.num_places,
        bits_matched=matched,
        geometry=hit.place,
        key_index=hit.key_index,
        from_known=from_known,
    )


def _nearest_known(soft: np.ndarray, known_ids: Sequence[int]) -> tuple[int, float]:
    words = 2.0 * encode_all(known_ids) - 1
    scores = words @ soft
    best = int(scores.argmax())
    return int(known_ids[best]), float(scores[best])


def _paid(reading: MarkReading, cost: int) -> MarkReading:
    chance = min(reading.p_value * cost, 1.0)
    blind = min(reading.blind_p_value * cost, 1.0)
    is_found = chance <= MAX_P
    mark_id = reading.mark_id if is_found else None
    return reading._replace(p_value=chance, blind_p_value=blind, found=is_found, mark_id=mark_id)
