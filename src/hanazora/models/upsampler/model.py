"""`VideoUpsampler`: frames to frames four times as wide and high, one after the other.

A residual network in the manner of EDSR (Lim et al., arXiv:1707.02921): everything is computed on
the small grid, and one sub-pixel layer (Shi et al., arXiv:1609.05158) adds what bicubic
interpolation lacks. Each frame is seen beside the one before it, so what flickers in the input can
be told from what moves. Memory is one small frame, whatever the length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from hanazora.models.layers.conv import Conv3x3

SCALE = 4
"""Pixels of the output along each side of a pixel of the input."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UpsamplerConfig:
    """Size of the network."""

    width: int = 48
    """Channels on the small grid."""
    num_blocks: int = 5
    """Residual blocks of two convolutions each."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.num_blocks < 1:
            raise ValueError(
                f"width {self.width} and num_blocks {self.num_blocks} must be at least 1"
            )


class RefineBlock(nn.Module):
    """``grid + conv(relu(conv(grid)))``."""

    def __init__(self, width: int) -> None:
        """Start close to the identity: the second convolution's gain is small."""
        super().__init__()
        self.conv1 = Conv3x3(width, width, gain=2**0.5)
        self.conv2 = Conv3x3(width, width, gain=0.1)

    def forward(self, grid: Float[Tensor, "n h w d"]) -> Float[Tensor, "n h w d"]:
        """Refine every frame on its own."""
        return grid + self.conv2(F.relu(self.conv1(grid), inplace=True))


class VideoUpsampler(nn.Module):
    """Adds detail to bicubic frames; computes in the dtype of its input."""

    def __init__(self, config: UpsamplerConfig) -> None:
        """Build the network; it starts as bicubic interpolation, exactly."""
        super().__init__()
        self.config = config
        self.stem = Conv3x3(6, config.width)
        self.blocks = nn.ModuleList(RefineBlock(config.width) for _ in range(config.num_blocks))
        self.head = Conv3x3(config.width, 3 * SCALE * SCALE)
        nn.init.zeros_(self.head.weight)

    def forward(
        self,
        frames: Float[Tensor, "b t h w 3"],
        before: Float[Tensor, "b 1 h w 3"] | None = None,
    ) -> Float[Tensor, "b t h4 w4 3"]:
        """Enlarge consecutive frames.

        Args:
            frames: pixels in [-1, 1].
            before: the frame before the first of them; None at the start of a video.

        Returns:
            Pixels four times as wide and high, not clamped.
        """
        first = frames[:, :1] if before is None else before
        pairs = torch.cat([frames, torch.cat([first, frames[:, :-1]], dim=1)], dim=-1)
        grid = self.stem(pairs.flatten(0, 1))  # n h w d
        for block in self.blocks:
            grid = block(grid)
        detail = rearrange(self.head(grid), "n h w (y x c) -> n (h y) (w x) c", y=SCALE, x=SCALE)
        return (enlarge(frames.flatten(0, 1)) + detail).unflatten(0, frames.shape[:2])


def enlarge(frames: Float[Tensor, "n h w 3"]) -> Float[Tensor, "n h4 w4 3"]:
    """Enlarge by bicubic interpolation, which is what the network adds to."""
    grid = frames.permute(0, 3, 1, 2).float()
    large = F.interpolate(grid, scale_factor=SCALE, mode="bicubic", align_corners=False)
    return large.permute(0, 2, 3, 1).to(frames.dtype)


@torch.no_grad()
def upsample_stream(
    upsampler: VideoUpsampler, pieces: Iterable[Float[Tensor, "b _t h w 3"]]
) -> Iterator[Float[Tensor, "b 1 h4 w4 3"]]:
    """Yield every frame of consecutive pieces enlarged, with the memory of one frame."""
    before: Tensor | None = None
    for piece in pieces:
        for frame in piece.split(1, dim=1):
            yield upsampler(frame, before)
            before = frame
