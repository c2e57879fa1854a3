import pytest
import torch

from hanazora.diffusion.solvers import SOLVERS
from hanazora.diffusion.timesteps import sigma_schedule


@pytest.mark.parametrize("name", list(SOLVERS))
def test_the_exact_velocity_reaches_the_data(name: str) -> None:
    data, noise = torch.randn(3, 4), torch.randn(3, 4)
    out = SOLVERS[name](lambda latents, sigma: noise - data, noise, sigma_schedule(3, 3.0))
    torch.testing.assert_close(out, data)


def test_higher_order_solvers_are_closer_on_a_curved_path() -> None:
    def velocity(latents: torch.Tensor, sigma: float) -> torch.Tensor:
        return latents * 0.8

    start = torch.ones(1, dtype=torch.float64)
    exact = torch.exp(torch.tensor(-0.8, dtype=torch.float64))
    error = {
        name: float((solver(velocity, start, sigma_schedule(16, 1.0)) - exact).abs())
        for name, solver in SOLVERS.items()
    }
    assert error["adams_bashforth"] < error["euler"] / 5
    assert error["heun"] < error["euler"] / 2
