import torch

from hanazora.models.layers.embedding import EmbeddingMLP, sinusoid


def test_sinusoid_has_cosines_first_and_tells_levels_apart() -> None:
    out = sinusoid(torch.tensor([0.0, 500.0, 1000.0]), 256)
    torch.testing.assert_close(out[0, :128], torch.ones(128))
    torch.testing.assert_close(out[0, 128:], torch.zeros(128))
    assert (out[1] - out[2]).abs().max() > 0.5


def test_mlp_carries_the_names_of_wan_weights() -> None:
    mlp = EmbeddingMLP(4, 8, torch.nn.SiLU())
    assert set(mlp.state_dict()) == {
        "linear_1.weight",
        "linear_1.bias",
        "linear_2.weight",
        "linear_2.bias",
    }
    assert mlp(torch.randn(3, 4)).shape == (3, 8)
