import torch

from hanazora.world.rays.noise import hash2, value_noise


def test_hash_is_uniform_and_uncorrelated():
    i = torch.arange(-100, 100, dtype=torch.float32)
    x, y = torch.meshgrid(i, i, indexing="ij")
    h = hash2(x, y)
    assert float(h.min()) >= 0 and float(h.max()) < 1
    assert abs(float(h.mean()) - 0.5) < 0.01
    assert abs(float(h.var()) - 1 / 12) < 0.004
    centred = h - h.mean()
    for other in (centred.roll(1, 0), centred.roll(1, 1), centred.t()):
        assert abs(float((centred * other).mean() / h.var())) < 0.03


def test_hash_is_the_same_numbers_for_ever():
    # a change of these would change every scene of every seed
    h = hash2(torch.tensor([0.0, 1.0, -5.0]), torch.tensor([0.0, 2.0, 7.0]))
    torch.testing.assert_close(h, torch.tensor(EXPECTED))
    as_int = hash2(torch.tensor([0, 1, -5], dtype=torch.int32), torch.tensor([0, 2, 7]))
    assert torch.equal(h, as_int)


def test_noise_is_smooth_and_meets_the_hash_at_corners():
    x = torch.linspace(0, 8, 801)
    noise = value_noise(x, torch.full_like(x, 3.0))
    assert float((noise[1:] - noise[:-1]).abs().max()) < 0.02
    whole = torch.arange(8.0)
    corners = value_noise(whole, torch.full_like(whole, 3.0))
    torch.testing.assert_close(corners, hash2(whole, torch.full_like(whole, 3.0)))


EXPECTED = [0.46247535943984985, 0.04497420787811279, 0.7692170739173889]
