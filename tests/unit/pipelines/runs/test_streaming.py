from collections.abc import Iterator

import numpy as np
import pytest
import torch

from hanazora.core.shapes import VideoShape
from hanazora.parallel.device import pick_device
from hanazora.pipelines.decoding import LatentDecoder
from hanazora.pipelines.model_directory import Model
from hanazora.pipelines.plan import Geometry, Part, Plan, Run, lay_out
from hanazora.pipelines.runs.streaming import FinishedChunk, decode_as_finished


def _plan(*parts: Part, order: tuple[int, ...] | None = None) -> Plan:
    segments, chunks = lay_out(parts, Geometry(2, (1, 2, 2)))
    return Plan(
        verb="generate", width=50, height=30, fps=8.0, latent_height=2, latent_width=4,
        prompts=("one",), segments=segments, chunks=chunks,
        order=tuple(range(len(chunks))) if order is None else order,
    )  # fmt: skip


@pytest.fixture
def decoder(tiny_model: Model) -> LatentDecoder:
    return LatentDecoder(tiny_model.autoencoder, pick_device("cpu", "fp32"))


@pytest.fixture
def channels(tiny_model: Model) -> int:
    return tiny_model.autoencoder.config.latent_channels


def _chunks(plan: Plan, channels: int) -> list[FinishedChunk]:
    generator = torch.Generator().manual_seed(1)
    sizes = [chunk.num_frames for chunk in plan.chunks]
    return [
        FinishedChunk(index, torch.randn((channels, frames, 2, 4), generator=generator))
        for index, frames in enumerate(sizes)
    ]


def _decoded(decoder: LatentDecoder, latents: list[torch.Tensor], frames: int) -> np.ndarray:
    whole = torch.cat(latents, dim=1)[None]
    video = decoder.autoencoder.decode(whole, VideoShape(frames, 30, 50))[0].clamp(-1, 1)
    return ((video + 1) * 127.5).round().permute(1, 2, 3, 0).numpy()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_frames_come_in_the_order_of_time(
    decoder: LatentDecoder, channels: int, order: tuple[int, ...]
) -> None:
    plan = _plan(Part((Run(6),), 19), order=order)
    chunks = _chunks(plan, channels)
    pieces = list(decode_as_finished(plan, (chunks[index] for index in order), decoder))
    frames = np.concatenate(pieces)
    assert frames.shape == (19, 30, 50, 3)
    expected = _decoded(decoder, [chunk.latents for chunk in chunks], 19)
    assert np.abs(frames.astype(float) - expected).max() <= 1


def test_each_segment_is_decoded_on_its_own_and_only_what_is_shown(
    decoder: LatentDecoder, channels: int
) -> None:
    plan = _plan(Part((Run(3),), 4, skip_frames=3), Part((Run(2),), 0), Part((Run(2),), 5))
    chunks = _chunks(plan, channels)
    frames = np.concatenate(list(decode_as_finished(plan, chunks, decoder)))
    latents = [chunk.latents for chunk in chunks]
    expected = [_decoded(decoder, latents[:2], 7)[3:], _decoded(decoder, latents[4:], 5)]
    assert np.abs(frames.astype(float) - np.concatenate(expected)).max() <= 1


def test_frames_are_there_before_the_next_chunk_is_made(
    decoder: LatentDecoder, channels: int
) -> None:
    plan = _plan(Part((Run(4),), 13), order=(0, 2, 1))
    made: list[int] = []

    def making() -> Iterator[FinishedChunk]:
        for chunk in [_chunks(plan, channels)[index] for index in plan.order]:
            made.append(chunk.number)
            yield chunk

    stream = decode_as_finished(plan, making(), decoder)
    assert len(next(stream)) == 1 and made == [0]
    assert len(next(stream)) == 4 and made == [0, 2, 1]  # chunk 2 waits for what comes before it
    assert sum(len(piece) for piece in stream) == 8
