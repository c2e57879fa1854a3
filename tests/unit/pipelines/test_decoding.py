import numpy as np
import pytest
import torch

from hanazora.core.errors import NonFiniteError
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.parallel.device import pick_device
from hanazora.pipelines.decoding import (
    DecodeMemoryError,
    LatentDecoder,
    cut_tiles,
    visible_cells,
)

CPU = pick_device("cpu", "fp32")


class SmallMachine(VideoAutoencoder):
    """An autoencoder on a machine where pictures of more than so many cells do not fit."""

    max_cells = 10_000

    def decode_groups(self, latents, memory):
        if latents.shape[2] * latents.shape[3] > self.max_cells:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes")
        return super().decode_groups(latents, memory)


@pytest.fixture
def autoencoder():
    """Random weights of every kind of block, so that a margin too small would show."""
    torch.manual_seed(0)
    config = AutoencoderConfig(
        latent_channels=6, encoder_widths=(8, 8), decoder_widths=(8, 8, 8),
        decoder_blocks=(1, 1, 1),
    )  # fmt: skip
    network = SmallMachine(config).requires_grad_(False).eval()
    for parameter in network.decoder.parameters():
        parameter.normal_(std=0.15)
    return network


@pytest.fixture
def latents():
    return torch.randn((6, 4, 14, 22), generator=torch.Generator().manual_seed(1))


def frames_of(decoder, latents):
    decoder.begin()
    return np.concatenate([decoder.decode(latents[:, i]) for i in range(latents.shape[1])])


def test_frames_are_those_of_the_autoencoder(autoencoder, latents):
    video = autoencoder.decode(latents[None])[0].clamp(-1, 1)
    expected = ((video + 1) * 127.5).round().permute(1, 2, 3, 0).numpy()
    frames = frames_of(LatentDecoder(autoencoder, CPU), latents)
    assert frames.shape == (13, 224, 352, 3) and frames.dtype == np.uint8
    assert np.abs(frames.astype(float) - expected).max() <= 1


@pytest.mark.parametrize("tile_cells", [2, 5, 11])
def test_tiles_leave_no_trace(autoencoder, latents, tile_cells):
    whole = frames_of(LatentDecoder(autoencoder, CPU), latents).astype(float)
    tiled = frames_of(LatentDecoder(autoencoder, CPU, tile_cells), latents)
    assert whole.std() > 20
    # Rounding may fall on the other side of a half; nothing else differs.
    assert np.abs(whole - tiled).max() <= 1
    assert (whole != tiled).mean() < 1e-3


def test_a_margin_one_cell_smaller_would_show(autoencoder, latents, monkeypatch):
    whole = frames_of(LatentDecoder(autoencoder, CPU), latents).astype(float)
    margin = visible_cells(autoencoder.config)
    monkeypatch.setattr("hanazora.pipelines.decoding.visible_cells", lambda _: margin - 2)
    tiled = frames_of(LatentDecoder(autoencoder, CPU, 5), latents)
    assert np.abs(whole - tiled).max() > 1


def test_tiles_shrink_in_the_middle_of_a_clip(autoencoder, latents, caplog):
    whole = frames_of(LatentDecoder(autoencoder, CPU), latents).astype(float)
    decoder = LatentDecoder(autoencoder, CPU)
    start = [decoder.decode(latents[:, 0]), decoder.decode(latents[:, 1])]
    autoencoder.max_cells = 14 * 22 - 1
    rest = [decoder.decode(latents[:, 2]), decoder.decode(latents[:, 3])]
    assert decoder.tile_cells == 11 and "tiles of 176 pixels" in caplog.text
    assert np.abs(whole - np.concatenate(start + rest)).max() <= 1


def test_no_tile_fits(autoencoder, latents):
    autoencoder.max_cells = 3
    with pytest.raises(DecodeMemoryError, match=r"tiles of 32 pixels.*hanazora decode RUN"):
        LatentDecoder(autoencoder, CPU).decode(latents[:, 0])


def test_other_errors_are_not_memory(autoencoder, latents):
    with pytest.raises(RuntimeError, match="must match"):
        LatentDecoder(autoencoder, CPU).decode(latents[:5, 0])
    next(autoencoder.decoder.parameters()).fill_(float("nan"))
    with pytest.raises(NonFiniteError, match="autoencoder"):
        LatentDecoder(autoencoder, CPU).decode(latents[:, 0])


@pytest.mark.parametrize("tile", [None, 1, 4, 7, 30])
def test_tiles_cover_everything_once(tile):
    seen = np.zeros((9, 14), int)
    for down, across in cut_tiles(9, 14, tile, margin=3):
        seen[down.start : down.stop, across.start : across.stop] += 1
        assert down.outer_start == max(down.start - 3, 0)
        assert across.outer_stop == min(across.stop + 3, 14)
    assert (seen == 1).all()
