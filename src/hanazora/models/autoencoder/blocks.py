"""Building blocks of the video autoencoder: residual blocks, and one with a frame of memory.

The block is two 3x3 convolutions around one ReLU, without normalisation (EDSR, arXiv:1707.02921):
on a CPU the passes over memory cost more than the arithmetic, so a block makes as few as it can.
Time enters in two places only: the four frames of a group are stacked into channels before the
first layer, and a `MemoryBlock` adds what the previous group left behind. Memory is one activation,
so the same code runs a whole clip or one group after another (TAEHV's idea, on coarse grids only).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from hanazora.models.layers.conv import Conv3x3

# What a network carries from one group of frames to the next: one activation per memory block.
Memory = list[Tensor]


class ResidualBlock(nn.Module):
    """`input + conv(relu(conv(input)))`, frame group by frame group."""

    def __init__(self, channels: int) -> None:
        """Start as the identity: the second convolution's gain is small."""
        super().__init__()
        self.conv1 = Conv3x3(channels, channels, gain=2**0.5)
        self.conv2 = Conv3x3(channels, channels, gain=0.1)

    def forward(self, grid: Float[Tensor, "b t h w c"]) -> Float[Tensor, "b t h w c"]:
        """Refine every group on its own."""
        flat = grid.flatten(0, 1)
        hidden = functional.relu(self.conv1(flat), inplace=True)
        return (flat + self.conv2(hidden)).view(grid.shape)


class MemoryBlock(nn.Module):
    """A residual block whose hidden layer also hears from the group before.

    One convolution makes twice the hidden channels: half for this group, half carried to the next.
    """

    def __init__(self, channels: int) -> None:
        """Start as the identity: the second convolution's gain is small."""
        super().__init__()
        self.conv1 = Conv3x3(channels, 2 * channels, gain=1.0)
        self.conv2 = Conv3x3(channels, channels, gain=0.1)

    def forward(
        self, grid: Float[Tensor, "b t h w c"], carried: Float[Tensor, "b 1 h w c"] | None
    ) -> tuple[Float[Tensor, "b t h w c"], Float[Tensor, "b 1 h w c"]]:
        """Refine every group with the one before it.

        Args:
            grid: activations of consecutive groups.
            carried: what the group before the first one left; None at the start of a video.

        Returns:
            The refined activations and what the last group leaves.
        """
        flat = grid.flatten(0, 1)
        own, left = self.conv1(flat).view(*grid.shape[:-1], -1).chunk(2, dim=-1)
        if carried is None:
            carried = torch.zeros_like(left[:, :1])
        heard = torch.cat([carried, left[:, :-1]], dim=1)
        hidden = functional.relu(own + heard, inplace=True)
        refined = flat + self.conv2(hidden.flatten(0, 1))
        return refined.view(grid.shape), left[:, -1:].clone()


class BlockStack(nn.Module):
    """One memory block (optional) and residual blocks at one grid size."""

    def __init__(self, channels: int, num_blocks: int, has_memory: bool) -> None:
        """Build `num_blocks` blocks, the first of them with memory when `has_memory`."""
        super().__init__()
        num_memory = 1 if has_memory and num_blocks else 0
        self.memory_blocks = nn.ModuleList(MemoryBlock(channels) for _ in range(num_memory))
        self.blocks = nn.ModuleList(ResidualBlock(channels) for _ in range(num_blocks - num_memory))

    def forward(
        self, grid: Float[Tensor, "b t h w c"], memory: Memory | None, left: Memory
    ) -> Float[Tensor, "b t h w c"]:
        """Run the blocks; `memory` is consumed from its front, `left` collects the new one."""
        for block in self.memory_blocks:
            grid, carried = block(grid, memory.pop(0) if memory else None)
            left.append(carried)
        for block in self.blocks:
            grid = block(grid)
        return grid
