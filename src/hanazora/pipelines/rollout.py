"""The rollout: chunks are made one after the other, in any order, against a cache of finished ones.

A verb is only a different answer to "which chunks are given, which are made, in what order" (DESIGN
section 1); this file knows nothing of verbs.
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
from hanazora.diffusion.path import add_noise
from hanazora.diffusion.solvers import SOLVERS
from hanazora.diffusion.timesteps import sigma_schedule
from hanazora.models.transformer.cache import KeyValueCache
from hanazora.models.transformer.layout import (
    Chunk,
    Document,
    PackedLayout,
    build_layout,
    split_chunks,
)
from hanazora.models.transformer.model import PromptEmbeds, VideoTransformer
from hanazora.models.transformer.patchify import patchify, token_grid, unpatchify


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplerConfig:
    """How each chunk is denoised; a model directory ships its own defaults."""

    num_inference_steps: int = 16
    """Denoising steps per chunk."""
    guidance_scale: float = 2.5
    """Strength of classifier-free guidance; 1 turns it off and halves the cost."""
    flow_shift: float = 3.0
    """Pushes the visited noise levels towards noise."""
    solver: str = "adams_bashforth"
    """Name of the solver in diffusion.solvers."""
    context_sigma: float = 0.0
    """Noise put on finished chunks before they become context; a little of it stops slow drift."""
    max_context_chunks: int | None = None
    """Finished chunks kept in the cache (the first always is); none keeps all."""

    def __post_init__(self) -> None:
        if self.num_inference_steps < 1:
            raise ValueError(
                f"num_inference_steps is {self.num_inference_steps}; it must be at least 1"
            )
        if self.solver not in SOLVERS:
            raise ValueError(f"solver {self.solver!r} is unknown; known are {', '.join(SOLVERS)}")


class MadeChunk(NamedTuple):
    """A finished chunk."""

    chunk: Chunk
    latents: Float[Tensor, "z lt lh lw"]


class StepEvent(NamedTuple):
    """Where a rollout stands; sent after every denoising step."""

    chunk: int
    num_chunks: int
    step: int
    num_steps: int


OnStep = Callable[[StepEvent], None]
"""Called after every denoising step; what it raises ends the rollout."""


@dataclass
class Rollout:
    """Everything that stays the same while the chunks of one video are made.

    Args:
        transformer: the denoiser.
        prompt: embeds of the prompt and of the negative or null prompt, in this order (docs = 2),
        or of
            the prompt alone (docs = 1) when guidance is off.
        shape: latent shape of the whole video; height and width divide by the patch.
        seed: with the chunk's index the only source of noise.
        sampler: how chunks are denoised.
        use_cache: False recomputes all finished chunks at every step (slow; the reference for
        tests).
    """

    transformer: VideoTransformer
    prompt: PromptEmbeds
    shape: LatentShape
    seed: int
    sampler: SamplerConfig
    use_cache: bool = True
    on_step: OnStep | None = None
    _cache: KeyValueCache = field(init=False)
    _context: list[MadeChunk] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if not self.use_cache and self.sampler.max_context_chunks is not None:
            # Cached keys remember chunks that have since been dropped; recomputed ones cannot.
            raise ValueError("max_context_chunks needs the cache")
        self._cache = KeyValueCache(
            self.transformer.config.num_layers, self.sampler.max_context_chunks
        )

    @torch.inference_mode()
    def run(
        self,
        order: Sequence[int] | None = None,
        given: Mapping[int, Float[Tensor, "z lt lh lw"]] | None = None,
    ) -> Iterator[MadeChunk]:
        """Make every chunk that is not given, and yield each as it is finished.

        Args:
            order: chunk indices in generation order, without the given ones; forward when None.
            given: clean latents of chunks that exist already; they become context first.

        Raises:
            NonFiniteError: when the network returns NaN or infinity.
        """
        chunks = split_chunks(self.shape.frames, self.transformer.config.chunk_frames)
        given = given or {}
        for index, latents in given.items():
            self._remember(index, chunks[index], latents)
        todo = [i for i in range(len(chunks)) if i not in given] if order is None else list(order)
        for position, index in enumerate(todo):
            latents = self._make(index, chunks[index], position, len(todo))
            if position + 1 < len(todo):
                self._remember(index, chunks[index], latents)
            yield MadeChunk(chunks[index], latents)

    def _make(self, index: int, chunk: Chunk, position: int, total: int) -> Tensor:
        sampler = self.sampler
        config = self.transformer.config
        size = (config.in_channels, chunk.num_frames, self.shape.height, self.shape.width)
        noise = sample_noise(self.seed, index, size)
        done = 0

        def velocity(latents: Tensor, sigma: float) -> Tensor:
            nonlocal done
            predictions = self._predict(chunk, latents, sigma)
            result = predictions[0]
            if len(predictions) > 1:
                result = guide(predictions[0], predictions[1], sampler.guidance_scale)
            if not bool(torch.isfinite(result).all()):
                raise NonFiniteError(
                    f"the transformer returned a non-finite value in chunk {index} at sigma "
                    f"{sigma:.3f} ({next(self.transformer.parameters()).dtype}); try --dtype fp32"
                )
            done += 1
            if self.on_step is not None:
                self.on_step(StepEvent(position, total, done, sampler.num_inference_steps))
            return result

        sigmas = sigma_schedule(sampler.num_inference_steps, sampler.flow_shift)
        return SOLVERS[sampler.solver](velocity, noise, sigmas)

    def _predict(self, chunk: Chunk, latents: Tensor, sigma: float) -> list[Tensor]:
        """Velocity of one chunk under each prompt, fp32 on the CPU."""
        if self.use_cache:
            layout = self._layout([chunk])
            tokens, _ = self._forward(layout, [latents], [sigma], self._cache)
        else:
            past = self._context
            layout = self._layout([*(made.chunk for made in past), chunk])
            all_latents = [*(made.latents for made in past), latents]
            levels = [self.sampler.context_sigma] * len(past) + [sigma]
            tokens, _ = self._forward(layout, all_latents, levels, None)
        grid = self._grid(chunk.num_frames)
        return [
            unpatchify(
                row[-grid.num_cells :].float().cpu(), grid, self.transformer.config.patch_size
            )
            for row in tokens.chunk(len(self.prompt.embeds))
        ]

    def _remember(self, index: int, chunk: Chunk, latents: Tensor) -> None:
        """Make a finished chunk context for those still to come."""
        sigma = self.sampler.context_sigma
        if sigma > 0:
            generator = noise_generator("context", self.seed, index)
            noise = torch.randn(latents.shape, generator=generator)
            latents = add_noise(latents, noise, torch.tensor(sigma))
        self._context.append(MadeChunk(chunk, latents))
        if self.use_cache:
            _, news = self._forward(self._layout([chunk]), [latents], [sigma], self._cache)
            self._cache.append(news)

    def _forward(
        self,
        layout: PackedLayout,
        latents: list[Tensor],
        sigmas: list[float],
        cache: KeyValueCache | None,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        parameter = next(self.transformer.parameters())
        num_docs = len(self.prompt.embeds)
        patch = self.transformer.config.patch_size
        tokens = torch.cat([patchify(piece, patch) for piece in latents]).repeat(num_docs, 1)
        sigma = torch.tensor(sigmas).repeat(num_docs)
        return self.transformer(
            tokens.to(parameter.device, parameter.dtype),
            sigma.to(parameter.device),
            layout.to(parameter.device),
            self.prompt,
            cache,
        )

    def _layout(self, chunks: list[Chunk]) -> PackedLayout:
        grid = self._grid(1)
        document = Document(grid, tuple(chunks))
        return build_layout([document] * len(self.prompt.embeds))

    def _grid(self, num_frames: int) -> LatentShape:
        return token_grid(
            self.shape._replace(frames=num_frames), self.transformer.config.patch_size
        )


def join_prompts(*prompts: PromptEmbeds) -> PromptEmbeds:
    """Stack prompts of one document each; shorter ones are padded."""
    length = max(prompt.embeds.shape[1] for prompt in prompts)

    def pad(values: Tensor) -> Tensor:
        missing = length - values.shape[1]
        widths = (0, 0, 0, missing) if values.ndim == 3 else (0, missing)
        return torch.nn.functional.pad(values, widths)

    mask: Bool[Tensor, "docs l"] = torch.cat([pad(prompt.mask) for prompt in prompts])
    return PromptEmbeds(torch.cat([pad(prompt.embeds) for prompt in prompts]), mask)
