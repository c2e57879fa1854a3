import torch

from hanazora.world.rays.vectors import choose, dot, mix, normalized, scaled


def vector(*values):
    return tuple(torch.tensor([v]) for v in values)


def flat(v):
    return torch.cat(v).tolist()


def test_arithmetic():
    a, b = vector(1.0, 2.0, 2.0), vector(3.0, 0.0, -1.0)
    assert float(dot(a, b)) == 1.0
    torch.testing.assert_close(torch.cat(normalized(a)), torch.tensor([1 / 3, 2 / 3, 2 / 3]))
    assert flat(normalized(vector(0.0, 0.0, 0.0))) == [0, 0, 0]
    assert flat(mix(a, b, torch.tensor([0.5]))) == [2.0, 1.0, 0.5]
    assert flat(scaled(a, torch.tensor([2.0]))) == [2.0, 4.0, 4.0]
    assert flat(choose(torch.tensor([False]), a, b)) == [3.0, 0.0, -1.0]
