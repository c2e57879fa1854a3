"""How good a detector is: area under the curve, rates with intervals, calibration."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

_Z = 1.959964  # 95 %


class Bin(NamedTuple):
    """One point of a reliability plot."""

    predicted: float
    """Mean predicted probability of the clips in the bin."""
    observed: float
    """Share of them that are ours."""
    low: float
    high: float
    num_clips: int


def area_under_curve(
    scores: Float[np.ndarray, " clips"], own: Bool[np.ndarray, " clips"]
) -> tuple[float, tuple[float, float]]:
    """Return the area under the ROC curve and its 95 % interval (Hanley and McNeil 1982).

    It is the chance that a clip of ours scores higher than one that is not; ties count half.
    """
    ours, others = scores[own], scores[~own]
    if not len(ours) or not len(others):
        raise ValueError("both classes are needed")
    above = (ours[:, None] > others[None]).mean() + 0.5 * (ours[:, None] == others[None]).mean()
    area = float(above)
    if area in (0.0, 1.0):  # the formula below would give no width at all
        smaller = min(len(ours), len(others))
        return area, share_interval(round(area * smaller), smaller)
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (len(ours) - 1) * (first - area**2)
    variance += (len(others) - 1) * (second - area**2)
    margin = _Z * math.sqrt(max(variance, 0.0) / (len(ours) * len(others)))
    return area, (max(0.0, area - margin), min(1.0, area + margin))


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); it is honest at 0 and at 1, too."""
    if total < 1:
        return 0.0, 1.0
    share, square = count / total, _Z**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total**2)
    margin = _Z * math.sqrt(spread) / (1 + square / total)
    return max(0.0, middle - margin), min(1.0, middle + margin)


def reliability(
    probabilities: Float[np.ndarray, " clips"], own: Bool[np.ndarray, " clips"], num_bins: int = 10
) -> list[Bin]:
    """Return the points of a reliability plot with equal weight for both classes.

    The classes have different numbers of clips; each class counts half, as the probabilities do.
    """
    weights = np.where(own, 0.5 / max(own.sum(), 1), 0.5 / max((~own).sum(), 1))
    places = np.minimum((probabilities * num_bins).astype(int), num_bins - 1)
    bins = []
    for place in range(num_bins):
        inside = places == place
        if not inside.any():
            continue
        mass = weights[inside]
        observed = float((mass * own[inside]).sum() / mass.sum())
        effective = float(mass.sum() ** 2 / np.square(mass).sum())
        low, high = share_interval(round(observed * effective), max(1, round(effective)))
        predicted = float((mass * probabilities[inside]).sum() / mass.sum())
        bins.append(Bin(predicted, observed, low, high, int(inside.sum())))
    return bins


def calibration_error(
    probabilities: Float[np.ndarray, " clips"], own: Bool[np.ndarray, " clips"], num_bins: int = 10
) -> float:
    """Return the expected calibration error (Naeini et al. 2015) at equal class weights."""
    weights = np.where(own, 0.5 / max(own.sum(), 1), 0.5 / max((~own).sum(), 1))
    places = np.minimum((probabilities * num_bins).astype(int), num_bins - 1)
    error = 0.0
    for place in range(num_bins):
        inside = places == place
        gap = (weights[inside] * (own[inside] - probabilities[inside])).sum()
        error += abs(float(gap))
    return error
