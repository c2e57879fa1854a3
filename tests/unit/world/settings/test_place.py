"""What settings know about the shot."""

import numpy as np
import pytest

from hanazora.world.primitives import SceneBuilder
from hanazora.world.settings.place import Place
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec
from hanazora.world.staging.view import View, base_path


def _place(**changes):
    spec = SceneSpec(
        seed=1, setting="park", subjects=(SubjectSpec(kind="man", colour="red"),), **changes
    )
    view = View(visible_height=4.0, aspect=1.5)
    return Place(
        builder=SceneBuilder(np.zeros(2, np.float32)), spec=spec, times=np.zeros(2), view=view,
        camera=base_path(view, 2), rng=np.random.default_rng(0),
    )  # fmt: skip


def test_weather_and_time_are_read_from_the_spec():
    assert _place(weather="snow").snowy and not _place().snowy
    assert _place(time_of_day="night").lit > _place(time_of_day="day").lit == 0
    assert _place().facet and not _place(style="toon").facet


def test_reach_covers_what_the_camera_sees():
    place = _place()
    low, high = place.reach(0.0)
    assert low < -place.half_width and high > place.half_width
    assert place.half_width == pytest.approx(3.0)
    assert place.reach(-10.0)[1] > high


def test_far_spots_are_marked():
    assert _place().spot(0.0, -60.0).far
    assert not _place().spot(0.0, -2.0).far


def test_only_a_camera_that_goes_along_sideways_turns_the_street():
    walker = SubjectSpec(kind="man", colour="red", action="walk", direction="left")
    spec = SceneSpec(seed=1, setting="park", subjects=(walker,), camera=CameraSpec(move="follow"))
    place = _place()
    assert not place.sideways
    assert Place(
        builder=place.builder, spec=spec, times=place.times, view=place.view, camera=place.camera,
        rng=place.rng,
    ).sideways  # fmt: skip
