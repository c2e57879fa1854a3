"""Models of plain full attention: all chunks of a scene are denoised together, as one document.

A model that was trained with every frame in view of every other (`causal=False`; Wan's open weights
among them) knows no order of making. The same plans run on it: what is given stands in the document
at noise level 0 and is held through all steps, everything else is noise at one common level. There
is no cache, cost grows with the square of the duration, and no chunk is finished before the others.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import NonFiniteError
from hanazora.diffusion.noise import sample_noise
from hanazora.diffusion.path import add_noise
from hanazora.diffusion.solvers import SOLVERS
from hanazora.diffusion.timesteps import sigma_schedule
from hanazora.models.transformer.layout import Chunk, Document, PackedLayout, build_layout
from hanazora.models.transformer.model import VideoTransformerConfig
from hanazora.models.transformer.patchify import unpatchify
from hanazora.pipelines.plan import PlannedChunk
from hanazora.pipelines.rollout import MadeChunk, Rollout, StepEvent, guided, keep_precision


def rollout_for(config: VideoTransformerConfig) -> type[Rollout]:
    """Return how a model makes the chunks of a plan: one after the other, or all together."""
    return Rollout if config.causal else JointRollout


class _Scene(NamedTuple):
    """The chunks of one scene, which see each other."""

    chunks: dict[int, PlannedChunk]
    """By number, in order of time."""
    held: dict[int, Tensor]
    """Latents of those that are given."""

    @property
    def made(self) -> list[int]:
        """Numbers of those that are made."""
        return [number for number in self.chunks if number not in self.held]

    def split(self, latents: Tensor) -> dict[int, Tensor]:
        """Cut what is made, joined in time, into its chunks."""
        lengths = [self.chunks[number].num_frames for number in self.made]
        return dict(zip(self.made, latents.split(lengths, dim=1), strict=True))


class JointRollout(Rollout):
    """Makes the chunks of a plan scene by scene, all chunks of a scene together."""

    @torch.inference_mode()
    def run(
        self,
        given: Mapping[int, Float[Tensor, "z _lt lh lw"]] | None = None,
        init: Float[Tensor, "z all lh lw"] | None = None,
    ) -> Iterator[MadeChunk]:
        """Make every chunk that is not given, and yield those of a scene when it is finished.

        Args:
            given: as `Rollout.run` takes them. A scene of which an earlier run has finished some
                chunks and not all is made as a whole again, and comes out the same.
            init: as `Rollout.run` takes it.

        Raises:
            NonFiniteError: when the network returns NaN or infinity.
        """
        finished = given or {}
        todo = [index for index in self.plan.order if index not in finished]
        scenes = [self.plan.scene_of(self.plan.chunks[index]) for index in todo]
        for number in dict.fromkeys(scenes):
            scene = self._scene(number, finished)
            for index, latents in self._denoise(scene, init).items():
                if index not in finished:
                    yield MadeChunk(index, scene.chunks[index], keep_precision(latents))

    def _scene(self, number: int, given: Mapping[int, Tensor]) -> _Scene:
        chunks = {i: c for i, c in enumerate(self.plan.chunks) if self.plan.scene_of(c) == number}
        held = {i: given[i].float() for i, chunk in chunks.items() if chunk.given is not None}
        return _Scene(chunks, held)

    def _denoise(self, scene: _Scene, init: Tensor | None) -> dict[int, Tensor]:
        """Make all that is not given, by chunk number."""
        sampler = self.sampler
        sigmas = sigma_schedule(sampler.num_inference_steps, sampler.flow_shift, self.plan.strength)
        start = torch.cat([self._start(scene, i, init, sigmas[0]) for i in scene.made], dim=1)
        done = 0

        def velocity(latents: Tensor, sigma: float) -> Tensor:
            nonlocal done
            result = self._velocity(scene, latents, sigma)
            done += 1
            self._tell(scene, done, len(sigmas) - 1)
            return result

        return scene.split(SOLVERS[sampler.solver](velocity, start, sigmas))

    def _start(self, scene: _Scene, index: int, init: Tensor | None, sigma: Tensor) -> Tensor:
        chunk, plan = scene.chunks[index], self.plan
        channels = self.transformer.config.in_channels
        shape = (channels, chunk.num_frames, plan.latent_height, plan.latent_width)
        noise = sample_noise(self.seed, index, shape)
        if init is None:
            return noise
        return add_noise(init[:, chunk.first_frame : chunk.end_frame].float(), noise, sigma)

    def _velocity(self, scene: _Scene, latents: Tensor, sigma: float) -> Tensor:
        """Velocity of what is made, each chunk under its own prompt."""
        moving, found = scene.split(latents), dict[int, Tensor]()
        for prompt in dict.fromkeys(scene.chunks[index].prompt for index in moving):
            together = self._predict_together(scene, moving, sigma, prompt)
            found |= {i: v for i, v in together.items() if scene.chunks[i].prompt == prompt}
        result = torch.cat([found[index] for index in moving], dim=1)
        if not bool(torch.isfinite(result).all()):
            raise NonFiniteError(
                f"the transformer returned a non-finite value at sigma {sigma:.3f} "
                f"({next(self.transformer.parameters()).dtype}); try --dtype fp32"
            )
        return result

    def _predict_together(
        self, scene: _Scene, moving: dict[int, Tensor], sigma: float, prompt: int
    ) -> dict[int, Tensor]:
        """Guided velocity of every made chunk, the whole document under one prompt."""
        embeds = self.prompts[prompt]
        scale = self.sampler.scale_at(sigma, self.sampler.guidance_scale)
        num_documents = len(embeds.embeds)
        tokens, _ = self._forward(
            self._document(scene, num_documents),
            embeds,
            [moving[i] if i in moving else scene.held[i] for i in scene.chunks],
            [sigma if i in moving else 0.0 for i in scene.chunks],
            None,
        )
        grids = [self._grid(chunk.num_frames) for chunk in scene.chunks.values()]
        patch = self.transformer.config.patch_size
        documents = [
            row.float().cpu().split([grid.num_cells for grid in grids])
            for row in tokens.chunk(num_documents)
        ]
        return {
            index: guided([unpatchify(parts[place], grid, patch) for parts in documents], scale)
            for place, (index, grid) in enumerate(zip(scene.chunks, grids, strict=True))
            if index in moving
        }

    def _document(self, scene: _Scene, num_documents: int) -> PackedLayout:
        chunks = list(scene.chunks.values())
        places = [Chunk(c.first_frame - chunks[0].first_frame, c.num_frames) for c in chunks]
        document = Document(self._grid(1), tuple(places))
        return build_layout([document] * num_documents, causal=False)

    def _tell(self, scene: _Scene, done: int, num_steps: int) -> None:
        """Tell that every chunk of a scene has gone one step further."""
        order = self.plan.order
        if self.on_step is not None:
            for index in scene.made:
                self.on_step(StepEvent(order.index(index), len(order), done, num_steps))
