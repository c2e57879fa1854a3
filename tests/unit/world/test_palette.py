"""Colours: named, in range and far enough apart to be told from each other."""

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.palette import COLOURS, accent_of, mix, shade


def _lab(rgb):
    rgb = np.asarray(rgb)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = (matrix @ linear) / np.array([0.9505, 1.0, 1.089])
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_colour_of_the_vocabulary_can_be_painted():
    assert set(COLOURS) == set(vocabulary.COLOURS)


def test_named_colours_are_at_least_twenty_apart():
    names = sorted(COLOURS)
    for index, first in enumerate(names):
        for second in names[:index]:
            distance = np.linalg.norm(_lab(COLOURS[first]) - _lab(COLOURS[second]))
            assert distance > 20, (first, second, distance)


def test_shade_and_mix_stay_in_range():
    assert shade((0.5, 0.5, 0.5), 0.5) == pytest.approx((0.25, 0.25, 0.25))
    assert max(shade((0.9, 0.2, 0.1), 1.9)) <= 1.0
    assert mix((0.0, 0.0, 0.0), (1.0, 0.5, 0.0), 0.5) == pytest.approx((0.5, 0.25, 0.0))


def test_accent_contrasts_with_light_and_dark_colours():
    assert sum(accent_of(COLOURS["white"])) < sum(COLOURS["white"]) - 0.5
    assert sum(accent_of(COLOURS["blue"])) > sum(COLOURS["blue"]) + 0.5
