import torch

from hanazora.diffusion.noise import noise_generator, sample_noise


def test_noise_is_a_function_of_seed_and_chunk() -> None:
    one = sample_noise(7, 2, (3, 4))
    torch.testing.assert_close(sample_noise(7, 2, (3, 4)), one, rtol=0, atol=0)
    assert not torch.equal(sample_noise(7, 3, (3, 4)), one)
    assert not torch.equal(sample_noise(8, 2, (3, 4)), one)
    assert one.dtype == torch.float32


def test_keys_of_different_parts_do_not_collide() -> None:
    draws = [
        float(torch.rand((), generator=noise_generator(*key)))
        for key in ((1, 23), (12, 3), ("a", 1))
    ]
    assert len(set(draws)) == 3
