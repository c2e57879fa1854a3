"""Fit the own-output classifier: logistic regression, then calibration on other clips.

Both are found with Newton's method (iteratively reweighted least squares), which for these few
numbers needs no library. The classes are weighted equally, so the calibrated odds are likelihood
ratios.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hanazora.pipelines.detect.classifier import ClassifierData, Measured, OwnClassifier
from hanazora.pipelines.detect.features import FEATURE_NAMES

_NEWTON_STEPS = 50
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ClipSet:
    """Features of clips and whether they are ours.

    Attributes:
        features: one row per clip.
        own: which rows are outputs of the model.
    """

    features: Float[np.ndarray, "clips features"]
    own: Bool[np.ndarray, " clips"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FitConfig:
    """How the classifier is fitted."""

    ridge: float = 0.02
    """Penalty on the square of each weight, per clip."""
    limit: float = 4.0
    """Standardised features are cut off here."""
    false_positives: float = 0.005
    """Share of the others among calibration clips above the threshold; half of what is promised."""
    margin: float = 0.25
    """How far above those the threshold lies, as a share of the way to our median score."""
    num_references: int = 320
    """Calibration clips that are kept to tell what is far from all of them."""
    reach_quantile: float = 0.99
    """Share of the calibration clips that are near the others."""
    reach_margin: float = 1.25
    """How much farther than those a clip may be."""


def fit_logistic(
    features: Float[np.ndarray, "clips features"],
    own: Bool[np.ndarray, " clips"],
    ridge: float,
    targets: Float[np.ndarray, " clips"] | None = None,
) -> tuple[Float[np.ndarray, " parameters"], Float[np.ndarray, "parameters parameters"]]:
    """Return the weights, the intercept last, and their covariance.

    Args:
        features: standardised.
        own: the class of each row; both must be there.
        ridge: penalty per clip on the weights, not on the intercept.
        targets: probability to aim at for each row; none aims at the class itself.
    """
    if own.all() or not own.any():
        raise ValueError("both classes are needed")
    rows = np.column_stack([features, np.ones(len(features))])
    share = np.where(own, 0.5 / own.mean(), 0.5 / (~own).mean())  # equal say for both classes
    wanted = own.astype(np.float64) if targets is None else targets
    penalty = np.full(rows.shape[1], ridge * len(rows))
    penalty[-1] = 1e-9
    parameters = np.zeros(rows.shape[1])
    for _ in range(_NEWTON_STEPS):
        odds = 1.0 / (1.0 + np.exp(-np.clip(rows @ parameters, -30, 30)))
        slope = rows.T @ (share * (wanted - odds)) - penalty * parameters
        bend = (rows * (share * odds * (1 - odds))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        parameters = parameters + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return parameters, np.linalg.inv(bend)


def fit_classifier(
    training: ClipSet,
    calibration: ClipSet,
    autoencoder_sha256: str,
    config: FitConfig | None = None,
    seed: int = 0,
) -> ClassifierData:
    """Fit on one set and calibrate on another from other sources.

    Args:
        training: decides the weights.
        calibration: decides odds, threshold, p-values and what is far.
        autoencoder_sha256: what the features were measured with.
        config: how.
        seed: draws the references.
    """
    config = config or FitConfig()
    mean, deviation = training.features.mean(axis=0), training.features.std(axis=0)
    scale = np.maximum(deviation, 1e-3)
    inside = np.clip((training.features - mean) / scale, -config.limit, config.limit)
    parameters, _ = fit_logistic(inside, training.own, config.ridge)
    standard = np.clip((calibration.features - mean) / scale, -config.limit, config.limit)
    scores = standard @ parameters[:-1] + parameters[-1]
    (slope, offset), covariance = fit_logistic(
        scores[:, None], calibration.own, 1e-9, _smoothed(calibration.own)
    )
    if slope <= 0:
        raise ValueError("what was fitted on one set says nothing about the other")
    null = np.sort(scores[~calibration.own])
    references = _references(standard, calibration.own, config.num_references, seed)
    return ClassifierData(
        autoencoder_sha256=autoencoder_sha256,
        feature_names=FEATURE_NAMES,
        mean=_plain(mean),
        scale=_plain(scale),
        limit=config.limit,
        weights=_plain(parameters[:-1]),
        bias=round(float(parameters[-1]), _DIGITS),
        slope=round(float(slope), _DIGITS),
        offset=round(float(offset), _DIGITS),
        covariance=(
            float(f"{covariance[0, 0]:.4g}"),
            float(f"{covariance[1, 1]:.4g}"),
            float(f"{covariance[0, 1]:.4g}"),
        ),
        threshold=round(_threshold(null, scores[calibration.own], config), _DIGITS),
        null_scores=_plain(null),
        references=tuple(tuple(round(float(value), 2) for value in row) for row in references),
        reach=round(_reach(standard, references, config), _DIGITS),
        measured={},
    )


def scores_of(classifier: OwnClassifier, clips: ClipSet) -> Float[np.ndarray, " clips"]:
    """Return the score of every clip."""
    return np.array([classifier.classify(row).score for row in clips.features])


def probabilities(
    data: ClassifierData, scores: Float[np.ndarray, " clips"]
) -> Float[np.ndarray, " clips"]:
    """Return the calibrated probability at equal priors of every score."""
    return 1.0 / (1.0 + np.exp(-np.clip(data.slope * scores + data.offset, -30, 30)))


def measured(value: float, interval: tuple[float, float], num_clips: int) -> Measured:
    """Return a figure as it is kept in the file."""
    low, high = interval
    return Measured(
        value=round(value, _DIGITS), low=round(low, _DIGITS), high=round(high, _DIGITS),
        num_clips=num_clips,
    )  # fmt: skip


def _smoothed(own: Bool[np.ndarray, " clips"]) -> Float[np.ndarray, " clips"]:
    """Aim a little short of certainty (Platt 1999): separable scores would give infinite odds."""
    ours, others = int(own.sum()), int((~own).sum())
    return np.where(own, (ours + 1) / (ours + 2), 1 / (others + 2))


def _threshold(
    null: Float[np.ndarray, " others"], own: Float[np.ndarray, " ours"], config: FitConfig
) -> float:
    """Leave room above what the others reached: clips from new sources reach a little higher."""
    allowed = int(config.false_positives * len(null))
    highest = float(null[-1 - allowed])
    return highest + max(config.margin * (float(np.median(own)) - highest), 1e-3)


def _references(
    standard: Float[np.ndarray, "clips features"],
    own: Bool[np.ndarray, " clips"],
    count: int,
    seed: int,
) -> Float[np.ndarray, "kept features"]:
    """Keep as many of ours as of the others, so that neither is far from everything."""
    draw = np.random.default_rng(seed)
    kept = [draw.permutation(np.flatnonzero(group))[: count // 2] for group in (own, ~own)]
    return np.round(standard[np.sort(np.concatenate(kept))], 2)


def _reach(
    standard: Float[np.ndarray, "clips features"],
    references: Float[np.ndarray, "kept features"],
    config: FitConfig,
) -> float:
    """The distance at which a clip counts as far, from the distances among calibration clips."""
    squares = np.square(standard[:, None] - references[None]).mean(axis=2)
    squares[squares < 1e-3] = np.inf  # a clip is not its own neighbour
    third = np.sqrt(np.partition(squares, 2, axis=1)[:, 2])
    return float(np.quantile(third, config.reach_quantile)) * config.reach_margin


def _plain(values: Float[np.ndarray, " values"]) -> tuple[float, ...]:
    return tuple(round(float(value), _DIGITS) for value in values)
