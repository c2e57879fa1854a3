"""Sizes of videos and latents, and the only place that knows how one becomes the other.

Axis letters, the same in every annotation of the package:

    b batch, c colour channels, t frames, h w pixels           frames "t h w c", video "b c t h w"
    z latent channels, lt lh lw latent frames, height, width   latents "b z lt lh lw"
    n tokens, d hidden size                                    tokens "b n d"
    l text tokens                                              prompt embeds "b l d"
    heads, e head size                                         attention "b heads n e"

`frames` is uint8 numpy in RGB, `video` is float torch in [-1, 1], `latents` are normalised floats.
"""

from typing import NamedTuple

TIME_STRIDE = 4
"""Video frames per latent frame; frame 0 is alone in the first latent frame."""

SPACE_STRIDE = 16
"""Pixels per latent cell along each side."""

LATENT_CHANNELS = 48
"""Channels of a latent cell."""


class VideoShape(NamedTuple):
    """Size of a clip in frames and pixels."""

    frames: int
    height: int
    width: int


class LatentShape(NamedTuple):
    """Size of a clip's latents."""

    frames: int
    height: int
    width: int

    @property
    def num_cells(self) -> int:
        """Number of latent cells of the clip."""
        return self.frames * self.height * self.width


def _ceil_div(value: int, stride: int) -> int:
    return -(-value // stride)


def latent_shape(video: VideoShape) -> LatentShape:
    """Return the size of the latents that hold a clip, rounded up."""
    if min(video) < 1:
        raise ValueError(f"a video needs at least 1 frame and 1 pixel per side, got {tuple(video)}")
    return LatentShape(
        frames=_ceil_div(video.frames - 1, TIME_STRIDE) + 1,
        height=_ceil_div(video.height, SPACE_STRIDE),
        width=_ceil_div(video.width, SPACE_STRIDE),
    )


def padded_shape(latent: LatentShape) -> VideoShape:
    """Return the size of the clip that fills the latents exactly."""
    if min(latent) < 1:
        raise ValueError(f"latents need at least 1 cell along each axis, got {tuple(latent)}")
    return VideoShape(
        frames=(latent.frames - 1) * TIME_STRIDE + 1,
        height=latent.height * SPACE_STRIDE,
        width=latent.width * SPACE_STRIDE,
    )
