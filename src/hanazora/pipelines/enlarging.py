"""Frames of the size the transformer makes to frames of an hd file, as they come."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import NonFiniteError
from hanazora.core.paths import bundled_model_dir
from hanazora.media.frames import FramePiece
from hanazora.models.upsampler.model import VideoUpsampler, upsample_stream
from hanazora.models.upsampler.weights import load_upsampler
from hanazora.parallel.device import Device


def find_upsampler(model_dir: Path | None) -> Path:
    """Return the directory of a model's own upsampler, or of the bundled one."""
    own = None if model_dir is None else model_dir / "upsampler"
    return own if own is not None and own.is_dir() else bundled_model_dir() / "upsampler"


class Enlarger:
    """The upsampler of a model, loaded when it is first needed.

    Args:
        directory: as `find_upsampler` gives it.
        device: where and in which precision to compute.
    """

    def __init__(self, directory: Path, device: Device) -> None:
        self._directory = directory
        self._device = device
        self._loaded: tuple[VideoUpsampler, str] | None = None

    @property
    def sha256(self) -> str:
        """Hash of its weights, for sidecars."""
        return self._load()[1]

    def enlarge(
        self, pieces: Iterable[FramePiece], height: int, width: int
    ) -> Iterator[FramePiece]:
        """Yield every frame enlarged and cropped, with the memory of one frame.

        Raises:
            NonFiniteError: the upsampler returned NaN or infinity.
        """
        upsampler = self._load()[0]
        for large in upsample_stream(upsampler, map(self._to_tensor, pieces)):
            if not bool(torch.isfinite(large).all()):
                raise NonFiniteError(
                    f"the upsampler returned a non-finite value ({self._device.dtype_name})"
                )
            pixels = large[0, :, :height, :width].float().clamp(-1, 1).add(1).mul(127.5).round()
            yield np.ascontiguousarray(pixels.to(torch.uint8).cpu().numpy())

    def _to_tensor(self, piece: FramePiece) -> Float[Tensor, "1 t h w 3"]:
        frames = torch.from_numpy(np.ascontiguousarray(piece)).to(self._device.torch)
        return (frames[None].float() / 127.5 - 1).to(self._device.dtype)

    def _load(self) -> tuple[VideoUpsampler, str]:
        if self._loaded is None:
            upsampler, sha256 = load_upsampler(self._directory)
            self._loaded = (upsampler.to(self._device.torch, self._device.dtype), sha256)
        return self._loaded
