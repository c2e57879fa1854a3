import numpy as np
import pytest
import torch

from hanazora.world.primitives import GROUND_MODES, Environment
from hanazora.world.rays.backdrop import (
    column,
    ground_colour,
    ground_noise_places,
    of_samples,
    sky_colour,
    vector,
)
from hanazora.world.rays.noise import value_noise
from hanazora.world.rays.packing import ENV, environment_columns


def row(**look):
    """Environment columns; whole numbers may stand for floats."""
    look = {k: tuple(map(float, v)) if isinstance(v, tuple) else v for k, v in look.items()}
    env = torch.zeros(ENV[""])
    env[ENV["mode"] :] = torch.from_numpy(environment_columns(Environment(**look)))
    return env


def ground(env, x, z, width):
    noises = [value_noise(*place) for place in ground_noise_places(env, x, z)]
    return torch.stack(ground_colour(env, x, z, width, tuple(noises)))


def test_values_are_scalars_or_looked_up_per_sample():
    env = torch.stack([row(wet=0.1), row(wet=0.9)], dim=1)
    seen = of_samples(env, torch.tensor([1, 0, 1]))
    torch.testing.assert_close(column(seen, "wet"), torch.tensor([0.9, 0.1, 0.9]))
    assert of_samples(row(), None).shape == (ENV[""],)
    assert vector(row(sun_colour=(1, 2, 3)), "sun_colour")[2] == 3


@pytest.mark.parametrize("mode", GROUND_MODES)
def test_ground_stays_between_its_colours(mode):
    env = row(ground=mode, ground_colour=(0.2,) * 3, ground_colour2=(0.4,) * 3)
    x, z = torch.rand(2, 5000) * 20 - 10
    colour = ground(env, x, z, torch.full_like(x, 0.02))
    assert float(colour.min()) > 0.15
    assert float(colour.std()) > 0.01


def test_road_has_a_line_in_the_middle_and_pavement_beside():
    env = row(
        ground="road", line_colour=(1, 1, 1), ground_colour=(0, 0, 0), ground_colour2=(0, 0, 0)
    )
    z = torch.linspace(0, 8, 400)
    middle = ground(env, torch.zeros(400), z, torch.full((400,), 0.01))[0]
    assert float(middle.max()) > 0.85 and float(middle.min()) < 0.05
    beside = ground(env, torch.full((400,), 5.0), z, torch.full((400,), 0.01))[0]
    assert float(beside.min()) > 0.5
    along = row(ground="road", road_along_x=True, line_colour=(1, 1, 1), ground_colour=(0, 0, 0))
    assert float(ground(along, z, torch.zeros(400), torch.full((400,), 0.01))[0].max()) > 0.85


def test_sky_goes_from_horizon_to_zenith_with_sun_and_stars():
    env = row(sky_horizon=(1, 0, 0), sky_zenith=(0, 0, 1), sun_disc=0.0, fog_density=0.0)
    up = torch.tensor([0.0, 1.0])
    side = torch.sqrt(1 - up * up)
    red, _, blue = sky_colour(env, (side, up, torch.zeros(2)))
    assert float(red[0]) > 0.9 and float(blue[1]) > 0.9
    bright = row(sun_direction=(0, 1, 0), sky_zenith=(0, 0, 0), sun_colour=(1, 1, 1))
    near, far = sky_colour(
        bright, (torch.tensor([0.0, 0.8]), torch.tensor([1.0, 0.6]), torch.zeros(2))
    )[0]
    assert float(near) > float(far) + 0.5
    rng = np.random.default_rng(0)
    d = rng.normal(size=(3, 20000))
    d[1] = np.abs(d[1]) + 0.3
    d = torch.tensor(d / np.linalg.norm(d, axis=0), dtype=torch.float32)
    night = row(
        stars=1.0, sky_horizon=(0, 0, 0), sky_zenith=(0, 0, 0), sun_disc=0.0, fog_density=0.0
    )
    lit = (sky_colour(night, tuple(d))[0] > 0.3).float().mean()
    assert 0.0005 < float(lit) < 0.05
