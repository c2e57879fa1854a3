"""Realistic faces, found by two of OpenCV's cascades that must agree (the extra `faces`).

The cascades find upright, frontal faces of 24 pixels and more; who it is they cannot tell. One of
them alone sees faces in ribbons and leaves, both together rarely do (docs/concepts/safety.md has
the figures). OpenCV 5 has no cascades any more, hence the version limit of the extra.
"""

import importlib.util
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from hanazora.media.frames import Frames, Picture
from hanazora.safety.frames.moderator import ModeratorError, Scores

CATEGORY = "likeness"
_CASCADES = ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml")
_MIN_SIDE = 24
_MIN_PICTURE = 160
"""Shorter side to which small pictures are enlarged: the cascades miss faces that fill one."""
_MAX_PICTURE = 720
"""Shorter side to which large pictures are reduced."""
_LARGE = 0.12
"""Side of a face, as a share of the shorter side, from which on one frame is enough."""


class Face(NamedTuple):
    """A square of the picture that holds a face, in shares of its width and height."""

    left: float
    top: float
    width: float
    height: float


class FaceModerator:
    """Scores realistic faces.

    0.9 for a large one, 0.6 for a small one, 0.3 where one cascade is alone with what it sees.

    Args:
        required: whether nothing may be shown where OpenCV is missing.
    """

    name = "faces"
    categories = (CATEGORY,)
    timeout_s = 20.0

    def __init__(self, *, required: bool = True) -> None:
        self.required = required
        self._detectors: list[Any] = []

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return the scores of each picture."""
        return [self._scores(picture) for picture in pictures]

    def find(self, picture: Picture) -> list[Face]:
        """Return the faces that both cascades see."""
        return _agreed(*self._detect(picture))

    def _scores(self, picture: Picture) -> Scores:
        first, second = self._detect(picture)
        agreed = _agreed(first, second)
        if agreed:
            short = min(picture.shape[:2])
            side = max(face.height * picture.shape[0] for face in agreed) / short
            return {CATEGORY: 0.9 if side >= _LARGE else 0.6}
        return {CATEGORY: 0.3} if first or second else {}

    def _detect(self, picture: Picture) -> tuple[list[Face], list[Face]]:
        grey, detectors = self._grey(picture), self._detectors
        found = [
            detector.detectMultiScale(
                grey, scaleFactor=1.1, minNeighbors=4, minSize=(_MIN_SIDE, _MIN_SIDE)
            )
            for detector in detectors
        ]
        height, width = grey.shape
        first, second = (
            [Face(x / width, y / height, w / width, h / height) for x, y, w, h in boxes]
            for boxes in found
        )
        return first, second

    def _grey(self, picture: Picture) -> UInt8[np.ndarray, "sh sw"]:
        cv2 = self._cv2()
        grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
        short = min(grey.shape)
        target = min(max(short, _MIN_PICTURE), _MAX_PICTURE)
        if target != short:
            factor = target / short
            how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
            grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how)
        # A face that fills the picture has no edge around it; a border of its own colour helps.
        border = target // 8
        padded = cv2.copyMakeBorder(grey, border, border, border, border, cv2.BORDER_REPLICATE)
        return np.asarray(cv2.equalizeHist(padded))

    def _cv2(self) -> Any:
        try:
            import cv2
        except ImportError as error:
            raise ModeratorError("OpenCV is missing: pip install hanazora[faces]") from error
        if not hasattr(cv2, "CascadeClassifier"):
            raise ModeratorError(f"OpenCV {cv2.__version__} has no cascades; a version below 5 has")
        if not self._detectors:
            self._detectors = [
                # The stubs of the package leave out where it keeps its cascades.
                cv2.CascadeClassifier(vars(cv2)["data"].haarcascades + name)
                for name in _CASCADES
            ]
        return cv2


def can_find_faces() -> bool:
    """Return whether OpenCV is installed."""
    return importlib.util.find_spec("cv2") is not None


def _agreed(first: list[Face], second: list[Face]) -> list[Face]:
    return [face for face in first if any(_overlap(face, other) > 0.3 for other in second)]


def _overlap(first: Face, second: Face) -> float:
    """Return the shared area as a share of the joint area."""
    wide = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    tall = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    shared = max(wide, 0.0) * max(tall, 0.0)
    joint = first.width * first.height + second.width * second.height - shared
    return shared / joint if joint > 0 else 0.0
