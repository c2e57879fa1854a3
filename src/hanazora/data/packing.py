"""Packed batches: clips of every size in one sequence of fixed length (spec training.md B).

A batch is a pure function of (pool, config, step): a resumed run draws the same clips, captions,
orders, noise levels and noise, so there is no loader state to save.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from hanazora.core.shapes import LatentShape
from hanazora.data.latent_pool import LatentPool
from hanazora.diffusion.noise import noise_generator
from hanazora.diffusion.order import OrderConfig, sample_order
from hanazora.diffusion.path import add_noise, velocity_target
from hanazora.diffusion.timesteps import TimestepConfig, sample_document_sigma
from hanazora.models.transformer.layout import (
    Document,
    PackedLayout,
    build_layout,
    split_chunks,
)
from hanazora.models.transformer.patchify import (
    in_generation_order,
    patchify,
    patchify_target,
    token_grid,
    token_labels,
)
from hanazora.world.labels import FIELDS, IGNORE

Tokenize = Callable[[list[str]], tuple[Tensor, Tensor]]
"""Texts to (ids, mask), padded to the longest of them; an empty text is the null prompt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackingConfig:
    """What one packed sequence holds."""

    num_tokens: int = 6144
    """Tokens per packed sequence."""
    text_dropout: float = 0.1
    """Share of documents trained without their prompt, for guidance."""
    video_share: float | None = None
    """Share of documents that are drawn from clips longer than one latent frame; None draws every
    clip of the pool alike. Pictures teach what things look like, videos how they move."""
    shorten: float = 0.3
    """Share of clips cut to a random whole number of chunks."""
    first_chunk_weight: float = 1.5
    """Loss weight of a chunk without context, the hardest (spec training-small-test.md 1)."""
    object_weight: float = 1.0
    """Loss weight of a token that shows a thing: small in the picture, most of what was asked."""

    def __post_init__(self) -> None:
        if self.object_weight <= 0:
            raise ValueError(f"object_weight is {self.object_weight}; it must be above 0")
        if self.video_share is not None and not 0 <= self.video_share <= 1:
            raise ValueError(f"video_share is {self.video_share}; it must lie in 0..1")
        if self.num_tokens < 16:
            raise ValueError(
                f"num_tokens is {self.num_tokens}; a packed sequence needs at least 16"
            )


class PackedBatch(NamedTuple):
    """One training sequence: what goes in, what should come out, and what counts."""

    noisy: Float[Tensor, "n p"]
    target: Float[Tensor, "n p"]
    sigma: Float[Tensor, " c"]
    weight: Float[Tensor, " n"]
    layout: PackedLayout
    text_ids: Int[Tensor, "docs l"]
    text_mask: Bool[Tensor, "docs l"]
    labels: UInt8[Tensor, "n f"]
    """What each token shows (world.labels); `IGNORE` where that is not known."""
    num_useful: int
    """Tokens that are not padding."""


class _Drawn(NamedTuple):
    document: Document
    clip: int
    caption: str


@dataclass(frozen=True, slots=True)
class Packer:
    """Draws packed batches from a pool."""

    pool: LatentPool
    tokenize: Tokenize
    config: PackingConfig
    timesteps: TimestepConfig
    orders: OrderConfig
    patch_size: tuple[int, int, int]
    chunk_frames: int
    causal: bool
    seed: int

    def batch(self, step: int, part: int = 0) -> PackedBatch:
        """Make the batch of one (optimizer step, micro batch) from nothing but its number."""
        generator = noise_generator("batch", self.seed, step, part)
        drawn = self._draw_documents(generator)
        drawn.sort(key=lambda item: item.document.num_tokens)
        noisy: list[Tensor] = []
        target: list[Tensor] = []
        sigma: list[Tensor] = []
        weight: list[Tensor] = []
        labels: list[Tensor] = []
        for item in drawn:
            pieces = self._noise_document(item, generator)
            for whole, piece in zip((noisy, target, sigma, weight), pieces, strict=True):
                whole.append(piece)
            labels.append(self._label_document(item))
            weight[-1] = weight[-1] * self._weigh_objects(labels[-1])
        documents = [item.document for item in drawn]
        captions = [item.caption for item in drawn]
        num_useful = sum(document.num_tokens for document in documents)
        num_padding = self.config.num_tokens - num_useful
        if num_padding:  # one inert document keeps the length, and so the compiled shape, constant
            documents.append(Document(LatentShape(1, 1, num_padding), split_chunks(1, 1)))
            captions.append("")
            empty = torch.zeros(num_padding, noisy[0].shape[1])
            noisy.append(empty)
            target.append(empty)
            sigma.append(torch.ones(1))
            weight.append(torch.zeros(num_padding))
            labels.append(torch.full((num_padding, len(FIELDS)), IGNORE, dtype=torch.uint8))
        ids, mask = self.tokenize(captions)
        return PackedBatch(
            torch.cat(noisy),
            torch.cat(target),
            torch.cat(sigma),
            torch.cat(weight),
            build_layout(documents, causal=self.causal),
            ids,
            mask,
            torch.cat(labels),
            num_useful,
        )

    def clips(self, step: int, part: int = 0) -> list[int]:
        """Return which clips of the pool the batch of a number is made of, without making it."""
        drawn = self._draw_documents(noise_generator("batch", self.seed, step, part))
        return [item.clip for item in drawn]

    def _draw_documents(self, generator: torch.Generator) -> list[_Drawn]:
        """Draw clips until the sequence is full; a bounded number that do not fit are skipped."""
        drawn: list[_Drawn] = []
        room, misses = self.config.num_tokens, 0
        while room and misses < 32:
            item = self._draw_document(generator)
            if item.document.num_tokens <= room:
                drawn.append(item)
                room -= item.document.num_tokens
            else:
                misses += 1
        if not drawn:
            raise ValueError(f"no clip of the pool fits in num_tokens = {self.config.num_tokens}")
        return drawn

    def _draw_document(self, generator: torch.Generator) -> _Drawn:
        def uniform() -> float:
            return float(torch.rand((), generator=generator))

        def below(bound: int) -> int:
            return int(torch.randint(bound, (), generator=generator))

        clips: Sequence[int] = range(len(self.pool))
        if self.config.video_share is not None:
            is_video = uniform() < self.config.video_share
            clips = (self.pool.videos if is_video else self.pool.pictures) or clips
        clip = clips[below(len(clips))]
        entry = self.pool.entries[clip]
        chunks = split_chunks(entry.shape.frames, self.chunk_frames)
        if uniform() < self.config.shorten:
            chunks = chunks[: 1 + below(len(chunks))]
        frames = chunks[-1].first_frame + chunks[-1].num_frames
        grid = token_grid(entry.shape._replace(frames=frames), self.patch_size)
        order = (
            sample_order(len(chunks), self.orders, generator) if self.causal else range(len(chunks))
        )
        caption = entry.captions[below(len(entry.captions))]
        if uniform() < self.config.text_dropout:
            caption = ""
        return _Drawn(Document(grid, tuple(chunks[i] for i in order)), clip, caption)

    def _label_document(self, item: _Drawn) -> Tensor:
        """Return the labels of one document's tokens (n f)."""
        labels = self.pool.labels(item.clip, len(FIELDS))
        if labels is None:
            return torch.full((item.document.num_tokens, len(FIELDS)), IGNORE, dtype=torch.uint8)
        channels_first = in_generation_order(labels.permute(3, 0, 1, 2), item.document.chunks)
        return token_labels(channels_first, self.patch_size)

    def _weigh_objects(self, labels: Tensor) -> Tensor:
        """Return the factor of every token's loss from what it shows (n)."""
        kind = labels[:, list(FIELDS).index("kind")]
        shows_object = (kind != IGNORE) & (kind != 0)
        return torch.where(shows_object, self.config.object_weight, 1.0)

    def _noise_document(
        self, item: _Drawn, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return noisy and target tokens, sigma per chunk, weight per token of one document."""
        chunks = item.document.chunks
        latents = in_generation_order(self.pool.latents(item.clip), chunks)
        noise = torch.randn(latents.shape, generator=generator)
        sigma, made = sample_document_sigma(len(chunks), self.timesteps, generator)
        if not self.causal:  # plain full attention knows one noise level for all that is made
            sigma = torch.where(made, sigma[-1], sigma)
        lengths = torch.tensor([chunk.num_frames for chunk in chunks])
        frame_sigma = sigma.repeat_interleave(lengths)[None, :, None, None]
        noisy = patchify(add_noise(latents, noise, frame_sigma), self.patch_size)
        target = patchify_target(velocity_target(latents, noise), self.patch_size)
        weight = made.float()
        weight[0] *= self.config.first_chunk_weight
        per_frame = item.document.grid.height * item.document.grid.width
        return noisy, target, sigma, weight.repeat_interleave(lengths * per_frame)
