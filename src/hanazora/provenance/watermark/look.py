"""What a reader looks at: a picture with everything taken out that a mark is not.

Edges would drown the mark, so the picture is levelled twice: in space, by dividing through the
local deviation, and in frequency, by dividing through the local spectrum. The result does not
depend on any key. For a picture without a mark the sum over secret random signs is therefore a sum
of fair coins whatever the picture shows, which is what makes the p-values of `evidence` exact.
"""

import numpy as np
from jaxtyping import Float

from hanazora.provenance.watermark.carriers import BANDS
from hanazora.provenance.watermark.layout import Layout
from hanazora.provenance.watermark.planes import band, box_mean, chroma, luma, resample

_NEAR, _WIDE, _SPECTRUM = 5, 6, 3
_QUIET = 0.4
"""Local deviation in grey levels below which nothing is amplified."""


def look(
    picture: Float[np.ndarray, "h w 3"], size: Layout, hue_degrees: int = 0
) -> Float[np.ndarray, "planes rows columns"]:
    """Return the levelled luma and colour of a picture, each of mean square 1, or 0 if empty.

    Args:
        picture: RGB, 0..255; the mean of many frames shows a mark best.
        size: chips it is stretched over.
        hue_degrees: how far its colours are turned back first.
    """
    planes = (luma(picture), chroma(picture, hue_degrees))
    small = (resample(plane, size.rows, size.columns) for plane in planes)
    return np.stack([_level(plane, edges) for plane, edges in zip(small, BANDS, strict=True)])


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
