import torch
from torch import nn

from hanazora.train.ema import ExponentialMovingAverage


def test_the_average_follows_slowly_and_young_ones_faster() -> None:
    net = nn.Linear(2, 2)
    ema = ExponentialMovingAverage({"net": net}, decay=0.9)
    start = net.weight.detach().clone()
    with torch.no_grad():
        net.weight.add_(1.0)
    ema.update({"net": net}, step=0)
    average = ema.modules["net"].get_parameter("weight")
    torch.testing.assert_close(average, start + 0.9)
    with torch.no_grad():
        net.weight.add_(1.0)
    ema.update({"net": net}, step=10_000)
    torch.testing.assert_close(average, start + 0.9 + 0.1 * 1.1)
    assert not average.requires_grad
