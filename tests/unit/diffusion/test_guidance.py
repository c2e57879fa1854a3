import torch

from hanazora.diffusion.guidance import guide


def test_scale_one_is_the_conditional_and_more_goes_beyond() -> None:
    conditional, unconditional = torch.tensor([2.0]), torch.tensor([1.0])
    assert guide(conditional, unconditional, 1.0).item() == 2.0
    assert guide(conditional, unconditional, 3.0).item() == 4.0
