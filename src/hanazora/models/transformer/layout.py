"""Where each token of a packed sequence belongs: document, chunk, true position.

Clips of any size stand one after the other in one sequence, with no padding between them (NaViT,
Dehghani et al., 2023; spec training.md B). Inside a document the chunks stand in *generation
order*; a token may look at every chunk that is generated before its own, and at its own chunk.
Documents of equal token count stand next to each other, so that attention runs on them as one
batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from hanazora.core.shapes import LatentShape


class Chunk(NamedTuple):
    """A run of latent frames made together."""

    first_frame: int
    num_frames: int


class Document(NamedTuple):
    """One clip: the token grid of its latents and its chunks in generation order."""

    grid: LatentShape
    chunks: tuple[Chunk, ...]

    @property
    def num_tokens(self) -> int:
        """Tokens of all its chunks."""
        return sum(chunk.num_frames for chunk in self.chunks) * self.grid.height * self.grid.width


class DocumentGroup(NamedTuple):
    """Neighbouring documents of equal token count."""

    first_document: int
    num_documents: int
    first_token: int
    num_tokens: int
    mask: Bool[Tensor, "g 1 n n"] | None
    chunk_tokens: tuple[int, ...] | None
    """Tokens of each chunk where that is the same in all documents."""


@dataclass(frozen=True, slots=True)
class PackedLayout:
    """Index tensors of one packed sequence: n tokens in c chunks of several documents."""

    positions: Int[Tensor, "n 3"]
    extents: Int[Tensor, "n 2"]
    chunk_index: Int[Tensor, " n"]
    chunk_document: Int[Tensor, " c"]
    groups: tuple[DocumentGroup, ...]

    @property
    def num_tokens(self) -> int:
        """Length of the packed sequence."""
        return self.positions.shape[0]

    def to(self, device: torch.device) -> "PackedLayout":
        """Copy every index tensor to a device."""
        groups = tuple(
            group._replace(mask=None if group.mask is None else group.mask.to(device))
            for group in self.groups
        )
        return PackedLayout(
            self.positions.to(device),
            self.extents.to(device),
            self.chunk_index.to(device),
            self.chunk_document.to(device),
            groups,
        )


def split_chunks(num_latent_frames: int, chunk_frames: int) -> tuple[Chunk, ...]:
    """Cut a clip in time: the first latent frame alone (it is a picture), then equal runs."""
    starts = range(1, num_latent_frames, chunk_frames)
    rest = [Chunk(start, min(chunk_frames, num_latent_frames - start)) for start in starts]
    return (Chunk(0, 1), *rest)


def build_layout(documents: Sequence[Document], *, causal: bool = True) -> PackedLayout:
    """Build the layout of documents that already stand in order of their token count.

    Args:
        documents: one per clip; equal token counts must be neighbours to share a batch.
        causal: False lets every token of a document see every other (plain full attention).
    """
    positions, extents, lengths, chunk_document = [], [], [], []
    for index, document in enumerate(documents):
        for chunk in document.chunks:
            positions.append(_chunk_positions(document.grid, chunk))
            extent = torch.tensor([document.grid.height, document.grid.width])
            extents.append(extent.expand(len(positions[-1]), 2))
            lengths.append(len(positions[-1]))
            chunk_document.append(index)
    chunk_index = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    return PackedLayout(
        torch.cat(positions),
        torch.cat(extents),
        chunk_index,
        torch.tensor(chunk_document),
        _group(documents, chunk_index, causal=causal),
    )


def _chunk_positions(grid: LatentShape, chunk: Chunk) -> Tensor:
    times = torch.arange(chunk.first_frame, chunk.first_frame + chunk.num_frames)
    return torch.cartesian_prod(times, torch.arange(grid.height), torch.arange(grid.width))


def _group(
    documents: Sequence[Document], chunk_index: Tensor, *, causal: bool
) -> tuple[DocumentGroup, ...]:
    groups = []
    first_document = first_token = 0
    for num_tokens, members in groupby(documents, key=lambda document: document.num_tokens):
        run = list(members)
        end = first_token + len(run) * num_tokens
        mask = None
        if causal and any(len(document.chunks) > 1 for document in run):
            order = chunk_index[first_token:end].view(len(run), num_tokens)
            mask = (order[:, :, None] >= order[:, None, :])[:, None]
        shapes = {tuple(chunk.num_frames for chunk in document.chunks) for document in run}
        per_frame = run[0].grid.height * run[0].grid.width
        shared = tuple(frames * per_frame for frames in shapes.pop()) if len(shapes) == 1 else None
        if len({document.grid[1:] for document in run}) > 1:
            shared = None
        groups.append(
            DocumentGroup(first_document, len(run), first_token, num_tokens, mask, shared)
        )
        first_document, first_token = first_document + len(run), end
    return tuple(groups)
