import torch
from torch.nn import functional

from hanazora.models.layers.conv import Conv3x3, Linear, merge_cells, split_cells


def test_conv_equals_the_library_convolution_with_its_weight_reordered():
    torch.manual_seed(0)
    conv = Conv3x3(5, 7)
    torch.nn.init.normal_(conv.bias)
    grid = torch.randn(2, 6, 4, 5)
    kernel = conv.weight.detach().reshape(7, 3, 3, 5).permute(0, 3, 1, 2).contiguous()
    expected = functional.conv2d(grid.permute(0, 3, 1, 2), kernel, conv.bias, padding=1)
    assert torch.allclose(conv(grid), expected.permute(0, 2, 3, 1), atol=1e-5)


def test_layers_compute_in_the_dtype_of_their_input():
    grid = torch.randn(1, 4, 4, 3)
    for layer in (Conv3x3(3, 2), Linear(3, 2)):
        assert layer(grid).dtype == torch.float32
        assert layer(grid.bfloat16()).dtype == torch.bfloat16


def test_split_cells_undoes_merge_cells_and_keeps_neighbours_together():
    grid = torch.arange(2 * 3 * 4 * 6 * 5.0).reshape(2, 3, 4, 6, 5)
    merged = merge_cells(grid)
    assert merged.shape == (2, 3, 2, 3, 20)
    assert torch.equal(merged[0, 0, 0, 0].view(2, 2, 5), grid[0, 0, :2, :2])
    assert torch.equal(split_cells(merged), grid)
