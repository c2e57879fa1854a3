import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.layers.rope import rotation
from hanazora.models.transformer.block import TextContext, TransformerBlock
from hanazora.models.transformer.layout import Document, build_layout, split_chunks


def test_names_and_shapes_of_a_block_are_those_of_wan_in_diffusers_form() -> None:
    names = {name for name, _ in TransformerBlock(16, 2, 32, 1e-6).named_parameters()}
    attention = {
        f"{part}.{kind}"
        for part in ("to_q", "to_k", "to_v", "to_out.0")
        for kind in ("weight", "bias")
    }
    attention |= {"norm_q.weight", "norm_k.weight"}
    assert names == {
        "scale_shift_table",
        "norm2.weight",
        "norm2.bias",
        "ffn.net.0.proj.weight",
        "ffn.net.0.proj.bias",
        "ffn.net.2.weight",
        "ffn.net.2.bias",
        *(f"attn1.{name}" for name in attention),
        *(f"attn2.{name}" for name in attention),
    }


def test_zero_gates_leave_only_cross_attention() -> None:
    torch.manual_seed(0)
    block = TransformerBlock(16, 2, 32, 1e-6).requires_grad_(False)
    block.scale_shift_table.zero_()
    block.attn2.to_out[0].weight.zero_()
    block.attn2.to_out[0].bias.zero_()
    layout = build_layout([Document(LatentShape(1, 2, 2), split_chunks(1, 1))])
    x = torch.randn(4, 16)
    out, (key, value) = block(
        x,
        torch.zeros(1, 6, 16),
        layout.chunk_index,
        rotation(layout.positions, 8, 100.0),
        block.read_prompt(TextContext(torch.randn(1, 3, 16), None)),
        layout.groups,
        None,
    )
    torch.testing.assert_close(out, x)
    assert key.shape == value.shape == (1, 2, 4, 8)
