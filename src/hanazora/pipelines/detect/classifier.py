"""The own-output classifier: how much more likely a clip's figures are if our decoder made it.

A logistic model over `features.py`, calibrated on clips it was not fitted to. Its answer is a
likelihood ratio with an interval and a p-value (the share of clips that are not ours with a score
as high), never a verdict; and "not applicable" where the clip lies far from everything it was
calibrated on. `benchmarks/detector.py` makes the file it reads.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hanazora.core.config import from_dict
from hanazora.core.documents import read_json, sha256_file
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.media.frames import Frames
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.models.autoencoder.weights import load_autoencoder
from hanazora.models.layers.weights import WEIGHTS_NAME
from hanazora.pipelines.detect.features import FEATURE_NAMES, can_measure, measure

CLASSIFIER_PATH = Path(__file__).resolve().parent / "own_output.json"
"""The classifier that is shipped; it belongs to one autoencoder."""

FORMAT = "hanazora.own_output/1"
_NEIGHBOURS = 3
_MAX_LOG_RATIO = math.log(1e4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A figure from the held-out clips."""

    value: float
    """Shares and areas are 0 to 1."""
    low: float
    """Lower end of the 95 % interval."""
    high: float
    """Upper end of the 95 % interval."""
    num_clips: int
    """On how many clips."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierData:
    """The fields of the file."""

    autoencoder_sha256: str
    """Hash of the weights whose outputs it knows."""
    feature_names: tuple[str, ...]
    """Order of the vectors."""
    mean: tuple[float, ...]
    """Subtracted from the features."""
    scale: tuple[float, ...]
    """The features are divided by it."""
    limit: float
    """Standardised features are cut off here on both sides."""
    weights: tuple[float, ...]
    """Of the standardised features."""
    bias: float
    """Added to their sum."""
    slope: float
    """Calibration: log odds = slope * score + offset, at equal priors."""
    offset: float
    """See slope."""
    covariance: tuple[float, float, float]
    """Of slope and offset: variances and, last, the covariance."""
    threshold: float
    """Score from which on the clip counts as evidence."""
    null_scores: tuple[float, ...]
    """Scores of calibration clips that are not ours, ascending."""
    references: tuple[tuple[float, ...], ...]
    """Standardised features of calibration clips, ours and not."""
    reach: float
    """A clip farther than this from its third nearest reference is not judged."""
    measured: dict[str, Measured]
    """Figures on held-out clips from other sources."""


class Classification(NamedTuple):
    """What the classifier says about a clip."""

    score: float
    """Log odds before calibration."""
    p_value: float
    """Share of calibration clips that are not ours with at least this score; never 0."""
    likelihood_ratio: float
    """How much more likely the figures are for a clip of ours, 1e-4 to 1e4."""
    low: float
    """Lower end of its 95 % interval."""
    high: float
    """Upper end of its 95 % interval."""
    distance: float
    """From the calibration clips, in units of the reach: above 1 it is not applicable."""
    above_threshold: bool
    """Whether it counts as evidence."""

    @property
    def applicable(self) -> bool:
        """Whether clips of this kind were calibrated on."""
        return self.distance <= 1.0


class OwnClassifier:
    """A loaded classifier with the autoencoder it belongs to.

    Args:
        data: the fields of the file.
        autoencoder: in fp32; only needed for `judge`.
    """

    def __init__(self, data: ClassifierData, autoencoder: VideoAutoencoder | None = None) -> None:
        self.data = data
        self.autoencoder = autoencoder
        self._mean, self._scale = np.array(data.mean), np.array(data.scale)
        self._weights = np.array(data.weights)
        self._null = np.array(data.null_scores)
        self._references = np.array(data.references)

    def judge(self, frames: Frames) -> Classification | None:
        """Return what the frames say; none where they are too few, too small or blank."""
        if self.autoencoder is None:
            raise ValueError("the classifier was loaded without its autoencoder")
        if not can_measure(frames):
            return None
        return self.classify(measure(self.autoencoder, frames))

    def classify(self, features: Float[np.ndarray, " features"]) -> Classification:
        """Return what features say."""
        data = self.data
        standard = self.standardise(features)
        score = float(standard @ self._weights + data.bias)
        log_ratio = data.slope * score + data.offset
        slope_variance, offset_variance, shared = data.covariance
        variance = score * score * slope_variance + offset_variance + 2.0 * score * shared
        margin = 1.96 * math.sqrt(max(variance, 0.0))
        as_high = len(self._null) - int(np.searchsorted(self._null, score, side="left"))
        return Classification(
            score=score,
            p_value=(as_high + 1) / (len(self._null) + 1),
            likelihood_ratio=_ratio(log_ratio),
            low=_ratio(log_ratio - margin),
            high=_ratio(log_ratio + margin),
            distance=self.distance(standard) / data.reach,
            above_threshold=score >= data.threshold,
        )

    def standardise(
        self, features: Float[np.ndarray, "*clips features"]
    ) -> Float[np.ndarray, "*clips features"]:
        """Bring features to mean 0 and deviation 1; an extreme one cannot decide by itself."""
        standard = (features - self._mean) / self._scale
        return np.clip(standard, -self.data.limit, self.data.limit)

    def distance(self, standard: Float[np.ndarray, " features"]) -> float:
        """Return the root mean square distance to the third nearest reference."""
        squares = np.square(self._references - standard).mean(axis=1)
        return float(np.sqrt(np.partition(squares, _NEIGHBOURS - 1)[_NEIGHBOURS - 1]))


def load_classifier(
    path: Path | None = None, *, autoencoder_dir: Path | None = None
) -> OwnClassifier:
    """Load a classifier and its autoencoder.

    Args:
        path: the file; that which is shipped where none is given.
        autoencoder_dir: of the model whose outputs are looked for; the bundled one where none is.

    Raises:
        UserError: unreadable, of another version, or made for another autoencoder.
    """
    data = read_classifier(path or CLASSIFIER_PATH)
    directory = autoencoder_dir or bundled_model_dir() / "autoencoder"
    found = autoencoder_sha256(directory)
    if found != data.autoencoder_sha256:
        raise UserError(
            f"the classifier knows autoencoder {data.autoencoder_sha256[:12]}",
            f"the model has {found[:12]}",
            "python benchmarks/detector.py, which fits it again",
        )
    return OwnClassifier(data, load_autoencoder(directory))


@cache
def bundled_classifier() -> OwnClassifier:
    """Return the shipped classifier, loaded once."""
    return load_classifier()


def read_classifier(path: Path) -> ClassifierData:
    """Read the fields of a classifier file."""
    content = read_json(path)
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise UserError(f"{path.name} is not a classifier", f"its format must be {FORMAT}")
    data = from_dict(ClassifierData, content, "classifier")
    if data.feature_names != FEATURE_NAMES:
        raise UserError(f"{path.name} is of another version", "it has other features")
    return data


def autoencoder_sha256(directory: Path) -> str:
    """Return the hash of an autoencoder's weights, as sidecars hold it."""
    return sha256_file(directory / WEIGHTS_NAME)


def _ratio(log_ratio: float) -> float:
    # A few hundred clips cannot show more than some thousands to one.
    return math.exp(min(max(log_ratio, -_MAX_LOG_RATIO), _MAX_LOG_RATIO))
