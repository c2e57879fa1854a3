"""Find the place of a mark: as it was, flipped, with bars, with turned colours, or cropped.

Three tiers, cheapest first; a later one is only entered where the earlier ones found nothing. A
tier ends as soon as its best place is beyond doubt. The number of places tried is counted
honestly, because the p-value is multiplied by it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hanazora.provenance.watermark.borders import Box, picture_boxes
from hanazora.provenance.watermark.carriers import NUM_SALTS, build_carriers
from hanazora.provenance.watermark.evidence import MAX_P, p_value, search_cost
from hanazora.provenance.watermark.layout import Layout, layouts
from hanazora.provenance.watermark.look import look

_HUES = (45, 90, 135, 180, 225, 270, 315)
_SMALLEST_CROP, _CROP_STEP = 0.55, 1.01
_STEPS = ((-2, -2), (-2, 0), (0, -2), (-1, -1), (-1, 0), (0, -1),
          (2, 2), (2, 0), (0, 2), (1, 1), (1, 0), (0, 1), (-1, 1), (1, -1))  # fmt: skip
_MAX_KEPT = 20


class Place(NamedTuple):
    """How a received picture lies on the grid of the mark."""

    layout: Layout
    flipped: bool = False
    upside_down: bool = False
    box: Box | None = None
    """The picture between bars; the whole frame if None."""
    hue_degrees: int = 0
    size: Layout | None = None
    """Chips the received picture covers; all of them if None."""
    top: int = 0
    left: int = 0


class Hit(NamedTuple):
    """The best place."""

    score: float
    """Of the pilot, in standard deviations."""
    key_index: int
    salt: int
    place: Place
    p_value: float
    num_places: int
    """Scores tried until now, over places, salts and keys."""


def search(
    pictures: Float[np.ndarray, "views h w 3"], keys: Sequence[bytes], *, cropped: bool = True
) -> Hit:
    """Return the best place of any mark of any key.

    Args:
        pictures: 0..255, what `views_of` gives of the frames.
        keys: secrets to try.
        cropped: look for cropped pictures too, which takes seconds.
    """
    best, tried = _nothing(pictures[0]), 0
    views = Views(pictures)
    for tier in (_whole(pictures[0]), _turned(pictures[0])):
        for place in tier:
            view = views.of(place)
            for index, key in enumerate(keys):
                for salt in range(NUM_SALTS):
                    tried += 1
                    score = build_carriers(key, salt, place.layout).pilot_score(view)
                    if score > best.score:
                        best = Hit(score, index, salt, place, 1.0, 0)
            best = _judged(best, tried)
            if best.p_value <= MAX_P:
                return best
    return _search_crops(views, keys, best) if cropped else best


class Views:
    """Received pictures as they are seen from places; what several of them share is kept.

    Args:
        pictures: 0..255, what `views_of` gives of the frames.
    """

    def __init__(self, pictures: Float[np.ndarray, "views h w 3"]) -> None:
        self.pictures = pictures
        self._kept: dict[tuple[Layout, Box | None, int], np.ndarray] = {}

    def of(self, place: Place) -> Float[np.ndarray, "planes rows columns"]:
        """Return the levelled picture on the grid, 0 where the grid is not covered."""
        seen = self.uncropped(place)
        if not place.size or place.size == place.layout:
            return seen
        canvas = np.zeros((len(seen), *place.layout), np.float32)
        rows, columns = place.size
        canvas[:, place.top : place.top + rows, place.left : place.left + columns] = seen
        return canvas

    def uncropped(self, place: Place) -> Float[np.ndarray, "planes rows columns"]:
        """Return the levelled picture alone, of the size it has on the grid."""
        name = (place.size or place.layout, place.box, place.hue_degrees)
        if name not in self._kept:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            self._kept[name] = self._look(*name)
        # The levelling treats both directions alike, so it can be flipped afterwards.
        seen = self._kept[name][:, :, ::-1] if place.flipped else self._kept[name]
        return seen[:, ::-1] if place.upside_down else seen

    def _look(self, size: Layout, box: Box | None, hue_degrees: int) -> np.ndarray:
        inside = self.pictures
        if box:
            inside = inside[:, box.top : box.bottom, box.left : box.right]
        return look(inside, size, hue_degrees)


def _whole(picture: np.ndarray) -> Iterator[Place]:
    boxes = (None, *picture_boxes(picture))
    # Grid by grid, so that the chips of one are drawn once.
    for layout in layouts(*picture.shape[:2]):
        for box in boxes:
            for turns in ((False, False), (True, False), (False, True), (True, True)):
                yield Place(layout, *turns, box)


def _turned(picture: np.ndarray) -> Iterator[Place]:
    layout = layouts(*picture.shape[:2])[0]
    for hue in _HUES:
        for flipped in (False, True):
            yield Place(layout, flipped, hue_degrees=hue)


def _crops(picture: np.ndarray) -> Iterator[Place]:
    # Both sides cut by the same share, or one side only; the corner is found by correlation.
    layout = layouts(*picture.shape[:2])[0]
    shares, share = [], 1 / _CROP_STEP
    while share >= _SMALLEST_CROP:
        shares.append(share)
        share /= _CROP_STEP
    for tall, wide in ((1, 1), (0, 1), (1, 0)):
        for share in shares:
            rows, columns = round(layout.rows * share**tall), round(layout.columns * share**wide)
            for flipped in (False, True):
                yield Place(layout, flipped, size=Layout(rows, columns))


def _search_crops(views: Views, keys: Sequence[bytes], best: Hit) -> Hit:
    tried = best.num_places
    for place in _crops(views.pictures[0]):
        best, tried = _try_crop(views, keys, place, best, tried)
        if best.p_value <= MAX_P / 1e3:
            break
    before = None
    while best.p_value <= MAX_P and best.place.size and before != best.place:
        before = best.place
        for dy, dx in _STEPS:
            rows, columns = best.place.size.rows + dy, best.place.size.columns + dx
            size = Layout(min(rows, before.layout.rows), min(columns, before.layout.columns))
            best, tried = _try_crop(views, keys, before._replace(size=size), best, tried)
    return _judged(best, tried)


def _try_crop(
    views: Views, keys: Sequence[bytes], place: Place, best: Hit, tried: int
) -> tuple[Hit, int]:
    layout, size = place.layout, place.size or place.layout
    seen = views.uncropped(place)
    spectrum = np.fft.rfft2(seen, layout).conj()
    ways = (layout.rows - size.rows + 1, layout.columns - size.columns + 1)
    for index, key in enumerate(keys):
        for salt in range(NUM_SALTS):
            carriers = build_carriers(key, salt, layout)
            product = (carriers.pilot_spectrum * spectrum).sum(axis=0)
            valid = np.fft.irfft2(product, layout)[: ways[0], : ways[1]]
            tried += valid.size
            top, left = np.unravel_index(int(valid.argmax()), valid.shape)
            energy = float(np.vdot(seen, seen)) * carriers.pilot_share
            if valid[top, left] < (best.score - 1) * np.sqrt(energy):
                continue  # not even near the best, so it need not be scored exactly
            there = place._replace(top=int(top), left=int(left))
            score = carriers.pilot_score(views.of(there))
            if score > best.score:
                best = Hit(score, index, salt, there, 1.0, 0)
    return _judged(best, tried), tried


def _judged(hit: Hit, tried: int) -> Hit:
    chance = p_value(hit.score, search_cost(tried))
    return hit._replace(p_value=chance, num_places=tried)


def _nothing(picture: np.ndarray) -> Hit:
    return Hit(0.0, 0, 0, Place(layouts(*picture.shape[:2])[0]), 1.0, 0)
