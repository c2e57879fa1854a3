import torch

from hanazora.diffusion.weighting import flow_loss


def test_tokens_without_weight_do_not_count() -> None:
    prediction, target = torch.zeros(4, 3), torch.ones(4, 3)
    target[2:] = 100.0
    loss = flow_loss(prediction, target, torch.tensor([1.0, 1.0, 0.0, 0.0]))
    torch.testing.assert_close(loss, torch.tensor(1.0))


def test_an_empty_batch_is_zero_not_nan() -> None:
    assert float(flow_loss(torch.ones(2, 3), torch.zeros(2, 3), torch.zeros(2))) == 0
