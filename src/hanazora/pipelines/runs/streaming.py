"""Frames as their chunks are finished: what is ready is decoded before the rest exists.

Chunks may be made in any order; frames come in the order of time. So a forward plan shows frames
from its first chunk on, and a plan that makes the ends first shows what has no gap before it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from hanazora.media.frames import FramePiece, crop
from hanazora.pipelines.decoding import LatentDecoder
from hanazora.pipelines.plan import Plan


class FinishedChunk(NamedTuple):
    """A chunk of a plan, given or made."""

    number: int
    latents: Float[Tensor, "z lt lh lw"]


def decode_as_finished(
    plan: Plan, finished: Iterable[FinishedChunk], decoder: LatentDecoder
) -> Iterator[FramePiece]:
    """Yield the frames of a plan, each as soon as every chunk before it and its own are there.

    Args:
        plan: the whole video.
        finished: all its chunks in any order; asked for one at a time, only when nothing more can
            be decoded of those that came before.
        decoder: decodes one segment after the other.

    Yields:
        Pieces that join to exactly the frames of the file.
    """
    waiting = dict[int, Tensor]()
    cutter = _Cutter(plan, decoder)
    next_index = 0
    for index, latents in finished:
        waiting[index] = latents
        while next_index in waiting:
            yield from cutter.frames(next_index, waiting.pop(next_index))
            next_index += 1


class _Cutter:
    """Decodes chunks in order of time and keeps the frames that are shown."""

    def __init__(self, plan: Plan, decoder: LatentDecoder) -> None:
        self._plan = plan
        self._decoder = decoder
        self._segment = -1
        self._num_decoded = 0

    def frames(self, index: int, latents: Float[Tensor, "z lt lh lw"]) -> Iterator[FramePiece]:
        """Decode one chunk, latent frame by latent frame."""
        chunk = self._plan.chunks[index]
        segment = self._plan.segments[chunk.segment]
        if chunk.segment != self._segment:
            self._segment, self._num_decoded = chunk.segment, 0
            self._decoder.begin()
        end = segment.skip_frames + segment.num_frames
        for latent_frame in latents.unbind(1):
            if segment.num_frames == 0 or self._num_decoded >= end:
                return  # context only, or padding of the last patch
            piece = self._decoder.decode(latent_frame)
            first = max(segment.skip_frames - self._num_decoded, 0)
            shown = piece[first : end - self._num_decoded]
            self._num_decoded += len(piece)
            if len(shown):
                yield crop(shown, self._plan.height, self._plan.width)
