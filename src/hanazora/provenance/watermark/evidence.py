"""How surprising a score is where there is no mark: p-values that hold for every picture.

A score is a sum of fixed numbers with secret fair signs, divided by its standard deviation. Such a
sum exceeds z with at most 3.178 times the probability of a normal variable (Bentkus and
Dzindzalieta, "A tight Gaussian bound for weighted sums of Rademacher random variables", Bernoulli
2015), so no model of pictures is needed. Everything that was tried is paid for by multiplication
(Bonferroni): every salt, place, size, flip, hue, key, known id and, for an id that is read without
being known, each of the 2^40 words.
"""

import math

MAX_P = 1e-6
"""A mark is found at this false-alarm rate or below."""

_BENTKUS = 1 / (2 * math.erfc(1.0))  # 1 / (4 Q(sqrt 2))


def p_value(score: float, tried: int | float) -> float:
    """Bound on the probability that the best of many scores gets this high without a mark.

    Args:
        score: in standard deviations.
        tried: how many scores there were to pick from.
    """
    tail = _BENTKUS * 0.5 * math.erfc(score / math.sqrt(2))
    return min(max(tail * tried, 1e-300), 1.0)
