import pytest
import torch

from hanazora.world.primitives import PATTERNS
from hanazora.world.rays.patterns import bars, exclusive, noise_places, pattern_weights


@pytest.mark.parametrize("width", [0.01, 0.3, 1.0, 2.7])
def test_bars_are_the_true_average_over_the_footprint(width):
    x = torch.linspace(-2, 2, 41)
    steps = (torch.arange(20000) + 0.5) / 20000 - 0.5
    fine = x[:, None] + steps * width
    expected = ((fine - fine.floor()) < 0.3).float().mean(1)
    got = bars(x, 0.3, torch.full_like(x, width))
    torch.testing.assert_close(got, expected, atol=2e-3 + 1e-4 / width, rtol=0)


def test_exclusive_of_sharp_values_is_xor():
    a, b = torch.tensor([0.0, 0, 1, 1]), torch.tensor([0.0, 1, 0, 1])
    assert exclusive(a, b).tolist() == [0, 1, 1, 0]


def weights(name, width):
    u, v = torch.meshgrid(torch.linspace(0, 6, 61), torch.linspace(0, 6, 61), indexing="ij")
    w = torch.full_like(u, 0.25)
    size = torch.full_like(u, width)
    kind = torch.full_like(u, float(PATTERNS.index(name)))
    noises = (torch.rand_like(u), torch.rand_like(u))
    return pattern_weights(kind, (u, v, w), (size, size), torch.zeros_like(u), v / 6, noises)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_stays_between_its_two_colours(name):
    weight, glow = weights(name, 0.02)
    assert float(weight.min()) >= -1e-4 and float(weight.max()) <= 1.0001
    assert float(glow.min()) >= -1e-4 and float(glow.max()) <= 1.0001
    assert (float(weight.max()) > 0) == (name != "plain")


@pytest.mark.parametrize("name", ["check", "stripe", "bars", "dots", "windows", "glyphs"])
def test_far_patterns_fade_to_their_mean(name):
    sharp, far = weights(name, 0.02)[0], weights(name, 8.0)[0]
    assert float(far.std()) < 0.25 * float(sharp.std())
    assert abs(float(far.mean()) - float(sharp.mean())) < 0.25


def test_noise_places_differ_between_objects():
    u = torch.zeros(2)
    (mottled, _), (_, goods) = noise_places(u, u, torch.tensor([0.0, 3.0]))
    assert mottled[0] != mottled[1] and goods[0] != goods[1]
