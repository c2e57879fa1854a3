"""The rollout: the chunks of a plan are made one after the other, each against what it looks at.

A verb is only a different plan (DESIGN section 1); this file knows nothing of verbs. What a chunk
looks at is a pure function of the plan and of finished latents (`pipelines.context`): keys and
values are kept from chunk to chunk only while they would come out the same. So a run that is cut
off goes on from its latents alone, and no key remembers anything that is out of view.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from hanazora.core.errors import NonFiniteError
from hanazora.core.shapes import LatentShape
from hanazora.diffusion.guidance import guide
from hanazora.diffusion.noise import noise_generator, sample_noise
from hanazora.diffusion.path import add_noise, predicted_latents
from hanazora.diffusion.solvers import SOLVERS
from hanazora.diffusion.timesteps import sigma_schedule
from hanazora.models.transformer.cache import KeyValueCache
from hanazora.models.transformer.layout import Chunk, Document, PackedLayout, build_layout
from hanazora.models.transformer.model import PromptEmbeds, VideoTransformer
from hanazora.models.transformer.patchify import patchify, token_grid, unpatchify
from hanazora.pipelines.context.memory import Finished, Piece, View, look_around
from hanazora.pipelines.context.retrieval import LatentIndex
from hanazora.pipelines.context.slots import fill_slots
from hanazora.pipelines.plan import Plan, PlannedChunk
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.steadying import Neighbours, Stills, steady


class MadeChunk(NamedTuple):
    """A finished chunk."""

    number: int
    chunk: PlannedChunk
    latents: Float[Tensor, "z lt lh lw"]


class StepEvent(NamedTuple):
    """Where a rollout stands; sent after every denoising step."""

    chunk: int
    num_chunks: int
    step: int
    num_steps: int


OnStep = Callable[[StepEvent], None]
"""Called after every denoising step; what it raises ends the rollout."""


class _Wish(NamedTuple):
    """What one chunk is made under."""

    prompt: int
    """Its number in the plan."""
    embeds: PromptEmbeds
    """The prompt, and beside it the negative one where there is guidance."""
    scale: float
    """Strength of the guidance."""


@dataclass
class Rollout:
    """Everything that stays the same while the chunks of one video are made.

    Args:
        transformer: the denoiser.
        prompts: for each prompt of the plan its embeds and those of the negative or null prompt, in
            this order (docs = 2), or the prompt alone (docs = 1) when guidance is off.
        plan: what is given, what is made, in what order.
        seed: with the chunk's number the only source of noise.
        sampler: how chunks are denoised.
        use_cache: False computes everything that is looked at again at every step (slow; the
            reference for tests).
        on_step: told about every denoising step.
        stills: holds given neighbours of a chunk still, where the sampler wants it steadied.
    """

    transformer: VideoTransformer
    prompts: Sequence[PromptEmbeds]
    plan: Plan
    seed: int
    sampler: SamplerConfig
    use_cache: bool = True
    on_step: OnStep | None = None
    stills: Stills | None = None
    _latents: dict[int, Tensor] = field(init=False, default_factory=dict)
    _seen: tuple[tuple[Piece, int, int], ...] = field(init=False, default=())
    _cache: KeyValueCache = field(init=False)
    _index: LatentIndex = field(init=False)

    def __post_init__(self) -> None:
        self._cache = KeyValueCache(self.transformer.config.num_layers)
        means = torch.stack([mean_embed(prompt) for prompt in self.prompts])
        self._index = LatentIndex(means, self.sampler.memory.retrieval)

    @property
    def num_cached_tokens(self) -> int:
        """Tokens whose keys and values are held now, per prompt."""
        return self._cache.num_tokens

    @torch.inference_mode()
    def run(
        self,
        given: Mapping[int, Float[Tensor, "z _lt lh lw"]] | None = None,
        init: Float[Tensor, "z all lh lw"] | None = None,
    ) -> Iterator[MadeChunk]:
        """Make every chunk that is not given, and yield each as it is finished.

        Args:
            given: latents by chunk number: those that the plan calls given, and those that an
                earlier run of the same plan has finished, in the order they were made.
            init: latents of the whole timeline that made chunks start from, where the plan says so.

        Raises:
            NonFiniteError: when the network returns NaN or infinity.
        """
        for index, latents in (given or {}).items():
            self._finish(index, latents)
        todo = [index for index in self.plan.order if index not in self._latents]
        done = len(self.plan.order) - len(todo)
        for position, index in enumerate(todo, start=done):
            latents = keep_precision(self._make(index, position, init))
            self._finish(index, latents)
            yield MadeChunk(index, self.plan.chunks[index], latents)

    @torch.inference_mode()
    def predict(
        self,
        index: int,
        given: Mapping[int, Float[Tensor, "z _lt lh lw"]],
        noisy: Float[Tensor, "z lt lh lw"],
        sigma: float,
    ) -> Float[Tensor, "z lt lh lw"]:
        """Predict the velocity of one chunk at one noise level (for measurements).

        Args:
            index: number of the chunk.
            given: everything that is finished, by chunk number, in the order it was made.
            noisy: the chunk's latents with noise.
            sigma: the noise level.
        """
        for number, latents in given.items():
            self._finish(number, latents)
        view, wish = self._look(index), self._wish(index)
        if self.use_cache:
            self._fill_cache(view, wish)
        return self._predict(index, view, wish, noisy, sigma)

    def _make(self, index: int, position: int, init: Tensor | None) -> Tensor:
        chunk, sampler = self.plan.chunks[index], self.sampler
        height, width = self.plan.latent_height, self.plan.latent_width
        channels = self.transformer.config.in_channels
        start = sample_noise(self.seed, index, (channels, chunk.num_frames, height, width))
        sigmas = sigma_schedule(sampler.num_inference_steps, sampler.flow_shift, self.plan.strength)
        if init is not None:
            source = init[:, chunk.first_frame : chunk.end_frame].float()
            start = add_noise(source, start, sigmas[0])
        view, wish = self._look(index), self._wish(index)
        if self.use_cache:
            self._fill_cache(view, wish)
        neighbours = self._neighbours(index)
        done = 0

        def velocity(latents: Tensor, sigma: float) -> Tensor:
            nonlocal done
            result = self._predict(index, view, wish, latents, sigma)
            if not bool(torch.isfinite(result).all()):
                raise NonFiniteError(
                    f"the transformer returned a non-finite value in chunk {index} at sigma "
                    f"{sigma:.3f} ({next(self.transformer.parameters()).dtype}); try --dtype fp32"
                )
            done += 1
            if self.on_step is not None:
                self.on_step(StepEvent(position, len(self.plan.order), done, len(sigmas) - 1))
            return self._steadied(latents, result, sigma, neighbours)

        return SOLVERS[sampler.solver](velocity, start, sigmas)

    def _neighbours(self, index: int) -> Neighbours:
        """Return the given latent frames right beside a chunk, held still.

        What is made beside made frames is left free: drawn to its neighbour chunk after chunk, a
        long video would come to a stand. An edit follows its clip and nothing else.
        """
        plan = self.plan
        if self.sampler.steadiness == 0 or plan.init_source is not None:
            return Neighbours()
        before = after = None
        if index > 0 and plan.chunks[index - 1].given and plan.flows(index - 1):
            before = self._latents[index - 1][:, -1].float()
            before = before if self.stills is None else self.stills.last(before)
        if plan.flows(index) and plan.chunks[index + 1].given:
            after = self._latents[index + 1][:, 0].float()
            after = after if self.stills is None else self.stills.first(after)
        return Neighbours(before, after)

    def _steadied(
        self, latents: Tensor, velocity: Tensor, sigma: float, neighbours: Neighbours
    ) -> Tensor:
        """Turn a velocity so that it points to latents that are steady."""
        if neighbours.before is None and neighbours.after is None:
            return velocity
        estimate = predicted_latents(latents, velocity, torch.tensor(sigma))
        steadied = steady(estimate, neighbours, self.sampler.steadiness)
        return (latents - steadied) / sigma

    def _look(self, index: int) -> View:
        """Choose what a chunk looks at among what is finished in its scene."""
        plan, chunk = self.plan, self.plan.chunks[index]
        scene = plan.scene_of(chunk)
        chunk_of = {
            frame: other
            for other in self._latents
            if plan.scene_of(plan.chunks[other]) == scene
            for frame in range(plan.chunks[other].first_frame, plan.chunks[other].end_frame)
        }
        pictures = {segment.first_frame for segment in plan.segments}
        return look_around(
            chunk.first_frame,
            chunk.num_frames,
            Finished(chunk_of, pictures, self._is_turn(chunk, chunk_of)),
            self.sampler.memory,
            lambda old, seen, count: self._index.recall(old, seen, count, chunk.prompt),
        )

    def _is_turn(self, chunk: PlannedChunk, chunk_of: Mapping[int, int]) -> bool:
        """Say whether a neighbour was made under another prompt."""
        reach = self.sampler.memory.window
        before = range(chunk.first_frame - reach, chunk.first_frame)
        after = range(chunk.end_frame, chunk.end_frame + reach)
        near = (chunk_of[frame] for frame in (*before, *after) if frame in chunk_of)
        return any(self.plan.chunks[other].prompt != chunk.prompt for other in near)

    def _wish(self, index: int) -> _Wish:
        """Return what a chunk is made under; a scale of 1 leaves the negative prompt out."""
        number = self.plan.chunks[index].prompt
        scale, prompt = self.sampler.scale_of(self.plan, index), self.prompts[number]
        if scale == 1:
            prompt = PromptEmbeds(prompt.embeds[:1], prompt.mask[:1])
        return _Wish(number, prompt, scale)

    def _fill_cache(self, view: View, wish: _Wish) -> None:
        """Compute the keys of what is looked at, except those that are there already."""
        num_docs = len(wish.embeds.embeds)
        wanted = tuple((piece, wish.prompt, num_docs) for piece in view.pieces)
        kept = 0
        while kept < min(len(wanted), len(self._seen)) and wanted[kept] == self._seen[kept]:
            kept += 1
        self._cache.truncate(kept)
        for piece, _, _ in wanted[kept:]:
            layout = self._layout([Chunk(piece.local_frame, piece.num_frames)], num_docs)
            context, sigma = self._context(piece)
            _, news = self._forward(layout, wish.embeds, [context], [sigma], self._cache)
            self._cache.append(news)
        self._seen = wanted

    def _predict(
        self, index: int, view: View, wish: _Wish, latents: Tensor, sigma: float
    ) -> Tensor:
        """Guided velocity of one chunk, fp32 on the CPU."""
        num_frames, num_docs = self.plan.chunks[index].num_frames, len(wish.embeds.embeds)
        place = Chunk(view.local_frame, num_frames)
        if self.use_cache:
            layout = self._layout([place], num_docs)
            tokens, _ = self._forward(layout, wish.embeds, [latents], [sigma], self._cache)
        else:
            places = [Chunk(piece.local_frame, piece.num_frames) for piece in view.pieces]
            context = [self._context(piece) for piece in view.pieces]
            tokens, _ = self._forward(
                self._layout([*places, place], num_docs),
                wish.embeds,
                [*(piece for piece, _ in context), latents],
                [*(level for _, level in context), sigma],
                None,
            )
        grid = self._grid(num_frames)
        patch = self.transformer.config.patch_size
        rows = (row[-grid.num_cells :].float().cpu() for row in tokens.chunk(num_docs))
        scale = self.sampler.scale_at(sigma, wish.scale)
        return guided([unpatchify(row, grid, patch) for row in rows], scale)

    def _finish(self, index: int, latents: Tensor) -> None:
        chunk = self.plan.chunks[index]
        self._latents[index] = latents
        self._index.add(chunk.first_frame, latents, chunk.prompt)

    def _context(self, piece: Piece) -> tuple[Tensor, float]:
        """Return latents as they are looked at, and their noise level; what is given is clean."""
        chunk = self.plan.chunks[piece.chunk]
        latents, sigma = self._latents[piece.chunk].float(), 0.0
        start = piece.first_frame - chunk.first_frame
        if piece.slots:
            latents = latents.clone()
            latents[:, start] = fill_slots(
                latents[:, start],
                [self._latent_frame(frame) for frame in piece.slots],
                self.sampler.memory.num_slots,
                self.transformer.config.patch_size[1:],
            )
        if chunk.given is None and self.sampler.context_sigma > 0:
            sigma = self.sampler.context_sigma
            generator = noise_generator("context", self.seed, piece.chunk)
            noise = torch.randn(latents.shape, generator=generator)
            latents = add_noise(latents, noise, torch.tensor(sigma))
        return latents[:, start : start + piece.num_frames], sigma

    def _latent_frame(self, frame: int) -> Tensor:
        """Return one finished latent frame (z lh lw)."""
        for index, latents in self._latents.items():
            offset = frame - self.plan.chunks[index].first_frame
            if 0 <= offset < latents.shape[1]:
                return latents[:, offset].float()
        raise KeyError(frame)

    def _forward(
        self,
        layout: PackedLayout,
        embeds: PromptEmbeds,
        latents: list[Tensor],
        sigmas: list[float],
        cache: KeyValueCache | None,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        parameter = next(self.transformer.parameters())
        num_docs = len(embeds.embeds)
        patch = self.transformer.config.patch_size
        tokens = torch.cat([patchify(piece, patch) for piece in latents]).repeat(num_docs, 1)
        sigma = torch.tensor(sigmas).repeat(num_docs)
        return self.transformer(
            tokens.to(parameter.device, parameter.dtype),
            sigma.to(parameter.device),
            layout.to(parameter.device),
            embeds,
            cache,
        )

    def _layout(self, chunks: list[Chunk], num_docs: int) -> PackedLayout:
        return build_layout([Document(self._grid(1), tuple(chunks))] * num_docs)

    def _grid(self, num_frames: int) -> LatentShape:
        shape = LatentShape(num_frames, self.plan.latent_height, self.plan.latent_width)
        return token_grid(shape, self.transformer.config.patch_size)


def guided(predictions: list[Tensor], scale: float) -> Tensor:
    """Guide the first of two predictions away from the second; one alone stays as it is."""
    if len(predictions) == 1:
        return predictions[0]
    return guide(predictions[0], predictions[1], scale)


def keep_precision(latents: Float[Tensor, "*rest"]) -> Float[Tensor, "*rest"]:
    """Round latents to what is kept on disk (fp16), so that a resumed run sees the same values."""
    return latents.half().float()


def mean_embed(prompt: PromptEmbeds) -> Float[Tensor, " d"]:
    """Average the embeds of the first document over its tokens."""
    mask = prompt.mask[0, :, None].to(prompt.embeds.dtype)
    return ((prompt.embeds[0] * mask).sum(0) / mask.sum().clamp_min(1)).float().cpu()


def join_prompts(*prompts: PromptEmbeds) -> PromptEmbeds:
    """Stack prompts of one document each; shorter ones are padded."""
    length = max(prompt.embeds.shape[1] for prompt in prompts)

    def pad(values: Tensor) -> Tensor:
        missing = length - values.shape[1]
        widths = (0, 0, 0, missing) if values.ndim == 3 else (0, missing)
        return torch.nn.functional.pad(values, widths)

    mask: Bool[Tensor, "docs l"] = torch.cat([pad(prompt.mask) for prompt in prompts])
    return PromptEmbeds(torch.cat([pad(prompt.embeds) for prompt in prompts]), mask)
