import pytest
import torch
from torch import nn

from hanazora.models.layers.packing import PackableLinear, PackedLinear, can_pack


@pytest.fixture
def layer() -> PackableLinear:
    torch.manual_seed(0)
    layer = PackableLinear(24, 40).requires_grad_(False)
    if not can_pack(layer.weight):
        pytest.skip("this machine does not gain from packing")
    return layer


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("rows", [(1,), (7,), (300,), (2, 5)])
def test_a_packed_layer_gives_what_it_gave_before(
    layer: PackableLinear, dtype: torch.dtype, rows: tuple[int, ...]
) -> None:
    layer.to(dtype)
    x = torch.randn(*rows, 24, dtype=dtype)
    plain = layer(x)
    layer.pack()
    assert layer.packed is not None
    torch.testing.assert_close(layer(x), plain)


def test_layers_of_one_input_stand_side_by_side(layer: PackableLinear) -> None:
    other = nn.Linear(24, 8).requires_grad_(False)
    x = torch.randn(3, 24)
    joined = PackedLinear(layer, other)(x)
    torch.testing.assert_close(joined, torch.cat((layer(x), other(x)), dim=-1))


def test_packing_adds_nothing_to_what_is_saved(layer: PackableLinear) -> None:
    layer.pack()
    assert set(layer.state_dict()) == {"weight", "bias"}


def test_a_dtype_without_a_kernel_is_not_packed() -> None:
    assert not can_pack(torch.zeros(2, 2, dtype=torch.float64))
