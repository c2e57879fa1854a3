"""Particles fall around the camera and come in the colours of their weather."""

import numpy as np
import pytest

from hanazora.world.build import build_scene
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec


def _scene(weather, **changes):
    walker = SubjectSpec(kind="man", colour="red", action="walk", direction="away")
    spec = SceneSpec(seed=1, setting="park", weather=weather, subjects=(walker,), **changes)
    return build_scene(spec).shots[0].scene


@pytest.mark.parametrize(
    ("weather", "shapes"),
    [("clear", []), ("snow", ["disc"]), ("rain", ["streak"]), ("petals_snow", ["petal", "disc"])],
)
def test_weather_names_its_particles(weather, shapes):
    assert [field.shape for field in _scene(weather).particles] == shapes


def test_snow_falls_and_stays_around_a_camera_that_goes_along():
    scene = _scene("snow", camera=CameraSpec(move="follow"), num_frames=33)
    field = scene.particles[0]
    steps = np.diff(field.positions[..., 1], axis=0)
    assert np.median(steps) < -0.05
    ahead = scene.camera.eye[-1, 2] - field.positions[-1, :, 2]
    assert ahead.min() > 0
    assert field.positions[..., 1].min() > -2.0
