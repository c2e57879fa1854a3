import torch

from hanazora.diffusion.path import add_noise, predicted_latents, predicted_noise, velocity_target


def test_sigma_zero_is_data_and_one_is_noise() -> None:
    latents, noise = torch.randn(3, 4), torch.randn(3, 4)
    torch.testing.assert_close(add_noise(latents, noise, torch.zeros(3, 1)), latents)
    torch.testing.assert_close(add_noise(latents, noise, torch.ones(3, 1)), noise)


def test_the_exact_velocity_points_back_to_the_data_and_forward_to_the_noise() -> None:
    latents, noise, sigma = torch.randn(3, 4), torch.randn(3, 4), torch.rand(3, 1)
    noisy, velocity = add_noise(latents, noise, sigma), velocity_target(latents, noise)
    torch.testing.assert_close(predicted_latents(noisy, velocity, sigma), latents)
    torch.testing.assert_close(predicted_noise(noisy, velocity, sigma), noise)
