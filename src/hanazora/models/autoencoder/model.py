"""`VideoAutoencoder`: video to latents and back, four frames and 16x16 pixels to one latent cell.

The design follows from cost per pixel. Four frames form a group (frame 0 is a group of its own,
made of four copies), a group's 4x4 pixel patches are stacked into channels before anything is
computed, and every convolution is a 2-D one on the H/4 grid or coarser. Inside a group the network
sees all four frames, across groups it is causal (the chunk-causal form of DC-AE-V), with one
activation of memory per grid size. A linear path beside both networks starts as the principal
components of the training patches, so the networks only learn what a linear code misses.
Costs of other designs: specs training.md section D.
"""

from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from hanazora.core.shapes import (
    LATENT_CHANNELS,
    SPACE_STRIDE,
    TIME_STRIDE,
    LatentShape,
    VideoShape,
    latent_shape,
    padded_shape,
)
from hanazora.models.autoencoder.blocks import BlockStack, Memory
from hanazora.models.layers.conv import Conv3x3, Linear, merge_cells, split_cells

PATCH = 4
"""Side of the pixel patch that is stacked into channels; nothing is convolved on a finer grid."""

PATCH_VALUES = TIME_STRIDE * PATCH * PATCH * 3
CELL_VALUES = TIME_STRIDE * SPACE_STRIDE * SPACE_STRIDE * 3


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoencoderConfig:
    """Widths and depths of the two networks."""

    latent_channels: int = LATENT_CHANNELS
    """Channels of a latent cell."""
    encoder_widths: tuple[int, int] = (192, 256)
    """Channels on the H/8 and the H/16 grid."""
    encoder_blocks: tuple[int, int] = (2, 1)
    """Residual blocks on the H/8 and the H/16 grid."""
    decoder_widths: tuple[int, int, int] = (256, 192, 128)
    """Channels on the H/16, the H/8 and the H/4 grid."""
    decoder_blocks: tuple[int, int, int] = (1, 2, 2)
    """Residual blocks on the H/16, the H/8 and the H/4 grid."""

    def __post_init__(self) -> None:
        if min(self.latent_channels, *self.encoder_widths, *self.decoder_widths) < 1:
            raise ValueError("every width of the autoencoder must be at least 1")
        if min(*self.encoder_blocks, *self.decoder_blocks) < 0:
            raise ValueError("a number of blocks cannot be negative")


class Encoder(nn.Module):
    """Patches to latents: H/4 patches are merged to H/8 before the first layer."""

    def __init__(self, config: AutoencoderConfig) -> None:
        """Build the network; its last layer starts at zero, so the linear path speaks alone."""
        super().__init__()
        fine, coarse = config.encoder_widths
        self.stem = Linear(4 * PATCH_VALUES, fine)
        self.fine = BlockStack(fine, config.encoder_blocks[0], has_memory=False)
        self.down = Linear(4 * fine, coarse)
        self.coarse = BlockStack(coarse, config.encoder_blocks[1], has_memory=True)
        self.head = Linear(coarse, config.latent_channels)
        self.linear_path = Linear(CELL_VALUES, config.latent_channels)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, patches: Float[Tensor, "b lt h w p"], memory: Memory | None, left: Memory
    ) -> Float[Tensor, "b lt lh lw z"]:
        """Encode consecutive groups; latents are not normalised yet."""
        eighth = merge_cells(patches)  # b lt H/8 W/8 4p
        grid = self.fine(self.stem(eighth), memory, left)
        grid = self.coarse(self.down(merge_cells(grid)), memory, left)  # b lt H/16 W/16 c
        return self.head(grid) + self.linear_path(merge_cells(eighth))


class Decoder(nn.Module):
    """Latents to patches, from the H/16 grid over H/8 to H/4."""

    def __init__(self, config: AutoencoderConfig) -> None:
        """Build the network; its last layer starts at zero, so the linear path speaks alone."""
        super().__init__()
        coarse, middle, fine = config.decoder_widths
        self.stem = Conv3x3(config.latent_channels, coarse)
        self.coarse = BlockStack(coarse, config.decoder_blocks[0], has_memory=True)
        self.up_middle = Linear(coarse, 4 * middle)
        self.middle = BlockStack(middle, config.decoder_blocks[1], has_memory=True)
        self.up_fine = Linear(middle, 4 * fine)
        self.fine = BlockStack(fine, config.decoder_blocks[2], has_memory=False)
        self.head = Linear(fine, PATCH_VALUES)
        self.linear_path = Linear(config.latent_channels, CELL_VALUES)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, latents: Float[Tensor, "b lt lh lw z"], memory: Memory | None, left: Memory
    ) -> Float[Tensor, "b lt h w p"]:
        """Decode consecutive groups from latents that are not normalised."""
        batch = latents.shape[0]
        stem = self.stem(latents.flatten(0, 1)).unflatten(0, (batch, -1))
        grid = self.coarse(stem, memory, left)
        grid = self.middle(split_cells(self.up_middle(grid)), memory, left)  # b lt H/8 W/8 c
        grid = self.fine(split_cells(self.up_fine(grid)), memory, left)  # b lt H/4 W/4 c
        return self.head(grid) + split_cells(split_cells(self.linear_path(latents)))


class VideoAutoencoder(nn.Module):
    """Video to normalised latents and back; computes in the dtype of its input."""

    latents_mean: Tensor
    latents_std: Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.register_buffer("latents_mean", torch.zeros(config.latent_channels))
        self.register_buffer("latents_std", torch.ones(config.latent_channels))

    def encode(self, video: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b z lt lh lw"]:
        """Encode a clip of any size and at least one frame.

        Args:
            video: pixels in [-1, 1]; padded inside by repeating the last row, column and frame.
        """
        latents, _ = self.encode_groups(video_to_patches(lead_in(pad_video(video))), None)
        return rearrange(self.normalise(latents), "b lt lh lw z -> b z lt lh lw")

    def decode(
        self, latents: Float[Tensor, "b z lt lh lw"], shape: VideoShape | None = None
    ) -> Float[Tensor, "b c t h w"]:
        """Decode latents to pixels in [-1, 1] (not clamped).

        Args:
            latents: normalised latents.
            shape: size to crop to; None keeps everything the latents hold.
        """
        patches, _ = self.decode_groups(self.denormalise(channels_last(latents)), None)
        video = patches_to_video(patches)[:, :, TIME_STRIDE - 1 :]
        return crop_video(video, shape or padded_shape(LatentShape(*latents.shape[2:])))

    def encode_groups(
        self, patches: Float[Tensor, "b lt h w p"], memory: Memory | None
    ) -> tuple[Float[Tensor, "b lt lh lw z"], Memory]:
        """Encode consecutive groups after those that left `memory`; not normalised."""
        left: Memory = []
        return self.encoder(patches, list(memory or []), left), left

    def decode_groups(
        self, latents: Float[Tensor, "b lt lh lw z"], memory: Memory | None
    ) -> tuple[Float[Tensor, "b lt h w p"], Memory]:
        """Decode consecutive groups after those that left `memory`; not normalised."""
        left: Memory = []
        return self.decoder(latents, list(memory or []), left), left

    def normalise(self, latents: Float[Tensor, "*rest z"]) -> Float[Tensor, "*rest z"]:
        """Bring the channels to mean 0 and to variances that average 1 (more for visible ones)."""
        return (latents - self.latents_mean.to(latents.dtype)) / self.latents_std.to(latents.dtype)

    def denormalise(self, latents: Float[Tensor, "*rest z"]) -> Float[Tensor, "*rest z"]:
        """Undo `normalise`."""
        return latents * self.latents_std.to(latents.dtype) + self.latents_mean.to(latents.dtype)


def channels_last(latents: Float[Tensor, "b z lt lh lw"]) -> Float[Tensor, "b lt lh lw z"]:
    """Move the channels of latents to the end, where the networks have them."""
    return rearrange(latents, "b z lt lh lw -> b lt lh lw z")


def pad_video(video: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b c t2 h2 w2"]:
    """Repeat the last frame, row and column until the latents are filled exactly."""
    target = padded_shape(latent_shape(VideoShape(*video.shape[2:])))
    for dim, size in zip((2, 3, 4), target, strict=True):
        missing = size - video.shape[dim]
        if missing:
            edge = video.narrow(dim, video.shape[dim] - 1, 1)
            video = torch.cat([video, edge.repeat_interleave(missing, dim)], dim=dim)
    return video


def crop_video(
    video: Float[Tensor, "b c t h w"], shape: VideoShape
) -> Float[Tensor, "b c t2 h2 w2"]:
    """Keep the first frames, rows and columns of a video."""
    if any(have < want for have, want in zip(video.shape[2:], shape, strict=True)):
        raise ValueError(f"latents hold {tuple(video.shape[2:])}, less than {tuple(shape)}")
    return video[:, :, : shape.frames, : shape.height, : shape.width]


def lead_in(video: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b c t2 h w"]:
    """Repeat frame 0 in front, so that it fills a group of its own."""
    first = video[:, :, :1].expand(-1, -1, TIME_STRIDE - 1, -1, -1)
    return torch.cat([first, video], dim=2)


def video_to_patches(video: Float[Tensor, "b c t h w"]) -> Float[Tensor, "b lt h4 w4 p"]:
    """Stack the pixels of every group and 4x4 patch into channels."""
    pattern = "b c (lt g) (h y) (w x) -> b lt h w (g y x c)"
    return rearrange(video, pattern, g=TIME_STRIDE, y=PATCH, x=PATCH)


def patches_to_video(patches: Float[Tensor, "b lt h4 w4 p"]) -> Float[Tensor, "b c t h w"]:
    """Undo `video_to_patches`."""
    pattern = "b lt h w (g y x c) -> b c (lt g) (h y) (w x)"
    return rearrange(patches, pattern, g=TIME_STRIDE, y=PATCH, x=PATCH)
