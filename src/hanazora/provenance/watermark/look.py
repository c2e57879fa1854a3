"""What a reader looks at: a picture with everything taken out that a mark is not.

Edges would drown the mark, so the picture is levelled twice: in space, by dividing through the
local deviation, and in frequency, by dividing through the local spectrum. The result does not
depend on any key. For a picture without a mark the sum over secret random signs is therefore a sum
of fair coins whatever the picture shows, which is what makes the p-values of `evidence` exact.
"""

import numpy as np
from jaxtyping import Float, Num

from hanazora.provenance.watermark.carriers import BANDS
from hanazora.provenance.watermark.layout import Layout
from hanazora.provenance.watermark.planes import band, box_mean, chroma, luma, resample

_NEAR, _WIDE, _SPECTRUM = 5, 6, 3
_QUIET = 0.4
"""Local deviation in grey levels below which nothing is amplified."""


def views_of(frames: Num[np.ndarray, "t h w 3"]) -> Float[np.ndarray, "views h w 3"]:
    """Return what is looked at of some frames: their mean, and the first one by itself.

    In the mean everything that moves fades and the mark stays. Where much moves, a codec of low
    quality keeps a mark that stands still in the first frame only, which it codes by itself.
    """
    mean = frames.mean(axis=0, dtype=np.float32)[None]
    first = frames[:1].astype(np.float32)
    return np.concatenate([mean, first]) if len(frames) > 1 else mean


def look(
    views: Float[np.ndarray, "views h w 3"], size: Layout, hue_degrees: int = 0
) -> Float[np.ndarray, "planes rows columns"]:
    """Return the levelled luma and colour: of mean square 1 in one view, 0 if empty.

    Args:
        views: RGB, 0..255, as `views_of` gives them; their levelled planes are averaged.
        size: chips they are stretched over.
        hue_degrees: how far the colours are turned back first.
    """
    planes = (luma(views), chroma(views, hue_degrees))
    small = (resample(plane, size.rows, size.columns) for plane in planes)
    return np.stack(
        [
            np.mean([_level(view, edges) for view in plane], axis=0, dtype=np.float32)
            for plane, edges in zip(small, BANDS, strict=True)
        ]
    )


def _level(plane: np.ndarray, edges: tuple[float, float]) -> np.ndarray:
    detail = plane - box_mean(plane, _WIDE)
    detail /= np.sqrt(box_mean(detail**2, _NEAR).clip(0)) + _QUIET
    spectrum = np.fft.rfft2(detail)
    magnitude = np.sqrt(box_mean(np.abs(spectrum) ** 2, _SPECTRUM).clip(0))
    whitened = spectrum / (magnitude + 1e-3) * band(*plane.shape, *edges)
    levelled = np.fft.irfft2(whitened, plane.shape).astype(np.float32)
    levelled /= np.sqrt(box_mean(levelled**2, _WIDE).clip(0)) + 1e-6
    # A plane without anything in it, such as the colour of a grey picture, must not vote.
    return levelled if detail.std() > 0.05 else np.zeros_like(levelled)
