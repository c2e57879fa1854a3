import torch

from hanazora.models.autoencoder.blocks import BlockStack, MemoryBlock, ResidualBlock


def _with_large_weights(block):
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return block


def test_residual_block_starts_close_to_the_identity():
    torch.manual_seed(0)
    grid = torch.randn(1, 2, 6, 6, 16)
    change = ResidualBlock(16)(grid) - grid
    assert 0 < change.std() < 0.2


def test_memory_block_hears_the_group_before_and_no_later_one():
    torch.manual_seed(0)
    block = _with_large_weights(MemoryBlock(4))
    grid = torch.randn(1, 4, 5, 5, 4)
    changed = grid.clone()
    changed[:, 1] += 1.0
    difference = (block(changed, None)[0] - block(grid, None)[0]).abs().amax(dim=(0, 2, 3, 4))
    assert difference[0] == 0  # causal
    assert difference[1] > 0.1 and difference[2] > 1e-3  # itself and the next group
    assert difference[3] == 0  # memory of one group


def test_memory_block_in_two_pieces_equals_one_piece():
    torch.manual_seed(0)
    block = _with_large_weights(MemoryBlock(4))
    grid = torch.randn(2, 5, 4, 6, 4)
    whole, last = block(grid, None)
    first, carried = block(grid[:, :2], None)
    second, last_of_pieces = block(grid[:, 2:], carried)
    assert torch.allclose(torch.cat([first, second], dim=1), whole, atol=1e-5)
    assert torch.allclose(last, last_of_pieces, atol=1e-5)


def test_stack_collects_one_memory_and_consumes_its_own():
    torch.manual_seed(0)
    stack = _with_large_weights(BlockStack(4, 3, has_memory=True))
    grid = torch.randn(1, 2, 4, 4, 4)
    left: list[torch.Tensor] = []
    stack(grid, None, left)
    assert len(left) == 1 and len(stack.blocks) == 2
    memory, again = [left[0], torch.zeros(1)], []
    heard = stack(grid, memory, again)
    assert len(memory) == 1  # the other entry belongs to the next stack
    assert not torch.allclose(heard, stack(grid, None, []))
