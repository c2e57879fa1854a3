import pytest
import torch

from hanazora.evals.drift.colour import Lab, delta_e, to_lab


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1.0, 1.0, 1.0), (100.0, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((1.0, 0.0, 0.0), (53.24, 80.09, 67.20)),
        ((0.0, 0.0, 1.0), (32.30, 79.19, -107.86)),
    ],
)
def test_known_colours(rgb: tuple[float, ...], lab: tuple[float, ...]) -> None:
    assert to_lab(torch.tensor(rgb)).tolist() == pytest.approx(lab, abs=0.05)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        # Pairs 1, 7, 16, 17, 20 and 24 of the table of Sharma, Wu and Dalal (2005).
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
        ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0),
    ],
)
def test_published_pairs(
    first: tuple[float, float, float], second: tuple[float, float, float], wanted: float
) -> None:
    assert delta_e(Lab(*first), Lab(*second)) == pytest.approx(wanted, abs=1e-4)
    assert delta_e(Lab(*second), Lab(*first)) == pytest.approx(wanted, abs=1e-4)


def test_the_same_colour_is_no_difference() -> None:
    assert delta_e(Lab(40.0, 10.0, -3.0), Lab(40.0, 10.0, -3.0)) == 0
