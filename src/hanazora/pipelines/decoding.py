"""Latents to frames, piece by piece, in smaller tiles when memory runs out.

A tile is decoded together with a margin as wide as the decoder can see, so what is kept of it is
what the whole picture would have: there is no seam to blend away. The activations carried from one
group of frames to the next are kept for the whole picture and cut for each tile, so the tiles may
shrink in the middle of a clip.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from hanazora.core.errors import NonFiniteError, UserError
from hanazora.core.log import get_logger
from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE
from hanazora.media.frames import FramePiece
from hanazora.models.autoencoder.blocks import Memory
from hanazora.models.autoencoder.model import (
    AutoencoderConfig,
    VideoAutoencoder,
    channels_last,
    patches_to_video,
)
from hanazora.parallel.device import Device, is_out_of_memory, release_memory

MIN_TILE_CELLS = 2
"""Side of the smallest tile; below it nearly all of the work is margin."""

log = get_logger(__name__)


class DecodeMemoryError(UserError):
    """Even the smallest tile does not fit into memory; the latents are not lost by it."""


class Span(NamedTuple):
    """Latent cells along one side: what is kept, and the same with its margin."""

    start: int
    stop: int
    outer_start: int
    outer_stop: int


class Tile(NamedTuple):
    """A part of the picture; grids of any scale have axes `... h w c`."""

    down: Span
    across: Span

    def cut(self, grid: Float[Tensor, "*_ h w c"], scale: int) -> Float[Tensor, "*_ h2 w2 c"]:
        """Return the tile with its margin; `scale` is positions per latent cell."""
        rows = slice(self.down.outer_start * scale, self.down.outer_stop * scale)
        columns = slice(self.across.outer_start * scale, self.across.outer_stop * scale)
        return grid[..., rows, columns, :]

    def place(self, part: Tensor, whole: Tensor, scale: int) -> None:
        """Copy a decoded tile to its place in the whole picture, leaving its margin out."""
        inner, outer = [], []
        for span in self:
            first, length = span.start - span.outer_start, span.stop - span.start
            inner.append(slice(first * scale, (first + length) * scale))
            outer.append(slice(span.start * scale, span.stop * scale))
        whole[..., outer[0], outer[1], :] = part[..., inner[0], inner[1], :]


class LatentDecoder:
    """Decodes one clip after another; memory does not depend on their length.

    Args:
        autoencoder: the network, on the device already.
        device: where and in which precision to compute.
        tile_cells: side of a tile in latent cells without its margin; none is the whole picture.
    """

    def __init__(
        self, autoencoder: VideoAutoencoder, device: Device, tile_cells: int | None = None
    ) -> None:
        self.autoencoder = autoencoder
        self.device = device
        self.tile_cells = tile_cells
        self._memory: Memory | None = None

    def begin(self) -> None:
        """Forget the clip before: the next latent frame is the one of a first frame."""
        self._memory = None

    @torch.inference_mode()
    def decode(self, latents: Float[Tensor, "z lh lw"]) -> FramePiece:
        """Decode the next latent frame to one frame at the start of a clip, else to four.

        Raises:
            NonFiniteError: the autoencoder returned NaN or infinity.
            DecodeMemoryError: there is not even memory for the smallest tile.
        """
        cells = channels_last(latents[None, :, None]).to(self.device.torch, self.device.dtype)
        while True:
            try:
                pixels, memory = self._decode_tiles(cells)
                break
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self._shrink_tiles(max(cells.shape[2:4]), error)
        skipped = TIME_STRIDE - 1 if self._memory is None else 0
        self._memory = memory
        frames: FramePiece = pixels[skipped:].numpy()
        return frames

    def _shrink_tiles(self, longer_side: int, error: BaseException) -> None:
        release_memory(self.device.torch)
        tile = self.tile_cells or longer_side
        if tile <= MIN_TILE_CELLS:
            raise DecodeMemoryError(
                "decoding ran out of memory",
                f"not even tiles of {tile * SPACE_STRIDE} pixels fit",
                "hanazora decode RUN with more free memory, or a smaller size",
            ) from error
        self.tile_cells = max(tile // 2, MIN_TILE_CELLS)
        log.warning(
            "out of memory: decoding goes on in tiles of %d pixels", self.tile_cells * SPACE_STRIDE
        )

    def _decode_tiles(
        self, latents: Float[Tensor, "1 1 lh lw z"]
    ) -> tuple[UInt8[Tensor, "g h w 3"], Memory]:
        rows, columns = latents.shape[2:4]
        size = (TIME_STRIDE, rows * SPACE_STRIDE, columns * SPACE_STRIDE, 3)
        pixels = torch.empty(size, dtype=torch.uint8)
        memory: Memory = []
        margin = visible_cells(self.autoencoder.config)
        for tile in cut_tiles(rows, columns, self.tile_cells, margin):
            part = self.autoencoder.denormalise(tile.cut(latents, 1))
            carried = [tile.cut(item, item.shape[2] // rows) for item in self._memory or []]
            patches, left = self.autoencoder.decode_groups(part, carried or None)
            tile.place(_to_pixels(patches, self.device), pixels, SPACE_STRIDE)
            scales = [item.shape[2] // part.shape[2] for item in left]
            if not memory:
                memory = [
                    item.new_empty((1, 1, rows * scale, columns * scale, item.shape[4]))
                    for item, scale in zip(left, scales, strict=True)
                ]
            for item, whole, scale in zip(left, memory, scales, strict=True):
                tile.place(item, whole, scale)
        return pixels, memory


def visible_cells(config: AutoencoderConfig) -> int:
    """Return how far a pixel of the decoder sees, in latent cells to each side.

    A block holds two 3x3 convolutions; a cell is 1, 2 and 4 positions wide on the three grids.
    """
    coarse, middle, fine = config.decoder_blocks
    return 1 + 2 * coarse + middle + -(-fine // 2)


def cut_tiles(rows: int, columns: int, tile_cells: int | None, margin: int) -> Iterator[Tile]:
    """Cut a picture into tiles.

    Args:
        rows: latent cells down.
        columns: latent cells across.
        tile_cells: side of a tile; none is the whole picture.
        margin: cells decoded around a tile and not kept.
    """
    for down in _spans(rows, tile_cells, margin):
        for across in _spans(columns, tile_cells, margin):
            yield Tile(down, across)


def _spans(length: int, tile_cells: int | None, margin: int) -> Iterator[Span]:
    step = tile_cells or length
    for start in range(0, length, step):
        stop = min(start + step, length)
        yield Span(start, stop, max(start - margin, 0), min(stop + margin, length))


def _to_pixels(patches: Float[Tensor, "1 1 h4 w4 p"], device: Device) -> UInt8[Tensor, "g h w 3"]:
    if not bool(torch.isfinite(patches).all()):
        raise NonFiniteError(
            f"the autoencoder returned a non-finite value ({device.dtype_name}); try --dtype fp32"
        )
    video = patches_to_video(patches)[0].float()
    video.clamp_(-1, 1).add_(1).mul_(127.5).round_()  # in place: at HD every copy is 44 MB
    return video.to(torch.uint8).permute(1, 2, 3, 0).cpu()
