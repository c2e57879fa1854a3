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

_FIRST_LOOK = 8
"""Scores of the first look: as many as there are salts."""
_BENTKUS = 1 / (2 * math.erfc(1.0))  # 1 / (4 Q(sqrt 2))


def p_value(score: float, tried: int | float) -> float:
    """Bound on the probability that the best of many scores gets this high without a mark.

    Args:
        score: in standard deviations.
        tried: how many scores there were to pick from.
    """
    tail = _BENTKUS * 0.5 * math.erfc(score / math.sqrt(2))
    return min(max(tail * tried, 1e-300), 1.0)


def search_cost(tried: int) -> float:
    """What the best of so many scores costs, if the search may stop after any number of them.

    The chance of a false alarm is summed over all moments at which the search could have stopped.
    A quarter of the rate that is asked for goes to the first look, at the salts of one key where a
    mark would lie. The rest of the search, however long, adds another quarter: one over
    1.3 n (1 + ln n)^2 sums to 1 / 1.3 / (1 + ln 8) = 1/4 from 8 to infinity.
    """
    return 4.0 * tried if tried <= _FIRST_LOOK else 1.3 * tried * (1 + math.log(tried)) ** 2


def window_cost(window: int) -> int:
    """What the n-th window of a video costs, counted from 1; 1 / cost sums to 1 over all."""
    return window * (window + 1)
