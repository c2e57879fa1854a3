"""Motion laws, checked against their formulas."""

import numpy as np
import pytest

from hanazora.world import motion as motions

TIMES = np.arange(17) / 8.0


def _rest(point=(0.0, 0.0, 0.0)):
    return motions.still(TIMES, point)


def test_travel_covers_speed_times_time_in_the_picture_direction():
    for direction, axis, sign in (
        ("left", 0, -1),
        ("right", 0, 1),
        ("toward", 2, 1),
        ("away", 2, -1),
    ):
        moved = motions.travel(_rest(), TIMES, direction, 1.5, step=0.2, stride=0.6)
        assert moved.position[-1, axis] == pytest.approx(sign * 1.5 * TIMES[-1])
        assert moved.yaw[0] == pytest.approx(motions.FACING[direction])


def test_bounce_is_a_parabola_that_never_goes_below_the_start():
    times = np.linspace(0, 3, 400)
    lift = motions.bounce(motions.still(times, (0.0, 0.0, 0.0)), times, 0.8).position[:, 1]
    assert lift.min() >= 0
    assert lift.max() == pytest.approx(0.8, abs=1e-3)


def test_fall_lands_at_the_time_of_free_fall_and_comes_to_rest():
    times = np.linspace(0, 6, 1201)
    lift = motions.fall(motions.still(times, (0.0, 0.0, 0.0)), times, 2.0).position[:, 1]
    landing = np.sqrt(2 * 2.0 / motions.GRAVITY)
    assert lift[0] == pytest.approx(2.0)
    assert lift[np.argmin(np.abs(times - landing))] < 0.06
    assert lift[-1] == 0


def test_circle_keeps_its_distance():
    moved = motions.circle(_rest(), TIMES, 1.0, 2.0, flat=1.0)
    assert np.allclose(np.hypot(moved.position[:, 0], moved.position[:, 2]), 1.0)


def test_leave_and_return_is_away_in_the_middle_and_back_at_the_end():
    moved = motions.leave_and_return(_rest(), TIMES, "left", 5.0, out=0.8, back=1.2)
    assert moved.position[0, 0] == 0
    assert moved.position[8, 0] == pytest.approx(-5.0)
    assert moved.position[-1, 0] == pytest.approx(0.0)
    assert moved.yaw[4] == pytest.approx(motions.FACING["left"])
    assert moved.yaw[-3] == pytest.approx(motions.FACING["right"])


def test_rise_spin_wave_and_swim_change_what_they_say():
    assert motions.rise(_rest(), TIMES, 0.5).position[-1, 1] == pytest.approx(1.0)
    assert motions.spin(_rest(), TIMES, 2.0).yaw[-1] == pytest.approx(4.0)
    assert motions.waving(_rest(), TIMES).wave[-1] == 1
    assert np.ptp(motions.swim(_rest(), TIMES, rate=3.0, drift=0.1, phase=0.0).position[:, 1]) > 0.1
