"""Light by time, weather and style."""

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.settings.light import daylight, styled


def test_night_has_stars_and_less_light_than_day():
    day, night = (daylight(time, "clear", reach=6.0) for time in ("day", "night"))
    assert night.stars > 0 == day.stars
    assert np.sum(night.sun_colour) + np.sum(night.ambient) < np.sum(day.sun_colour) + np.sum(
        day.ambient
    )


def test_fog_is_thicker_and_as_thick_at_every_scale():
    fog, clear = (daylight("day", weather, reach=6.0) for weather in ("fog", "clear"))
    assert fog.fog_density > 5 * clear.fog_density
    far = daylight("day", "fog", reach=12.0)
    assert far.fog_density * 12.0 == pytest.approx(fog.fog_density * 6.0)


def test_rain_hides_the_sun_and_wets_the_ground():
    rain, clear = (daylight("day", weather, reach=6.0) for weather in ("rain", "clear"))
    assert rain.wet > 0 == clear.wet
    assert np.sum(rain.sun_colour) < np.sum(clear.sun_colour)


def test_every_style_but_the_plain_one_changes_the_picture():
    plain = daylight("day", "clear", reach=6.0)
    looks = [styled(plain, style) for style in vocabulary.STYLES]
    assert looks[0] == plain
    assert all(look != plain for look in looks[1:])
    assert styled(plain, "paper").paper == 1 and styled(plain, "toon").ink > 0
