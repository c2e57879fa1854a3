import torch

from hanazora.models.layers.norm import LayerNorm, RMSNorm


def test_rms_norm_gives_unit_root_mean_square() -> None:
    x = 7 * torch.randn(5, 64)
    out = RMSNorm(64, 1e-6)(x)
    torch.testing.assert_close(out.square().mean(-1), torch.ones(5), rtol=1e-4, atol=1e-4)


def test_layer_norm_removes_the_mean_and_keeps_the_dtype() -> None:
    x = torch.randn(5, 64).bfloat16() + 3
    out = LayerNorm(64, 1e-6, affine=False)(x)
    assert out.dtype == torch.bfloat16
    assert out.float().mean(-1).abs().max() < 0.02


def test_affine_layer_norm_uses_its_weights() -> None:
    norm = LayerNorm(8, 1e-6, affine=True)
    assert norm.weight is not None
    with torch.no_grad():
        norm.weight.fill_(2.0)
    x = torch.randn(3, 8)
    torch.testing.assert_close(norm(x), 2 * torch.nn.functional.layer_norm(x, (8,), eps=1e-6))
