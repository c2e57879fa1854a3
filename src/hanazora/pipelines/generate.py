"""The loaded model: a request to frames in memory; `GenerateResult.save` is the way to a file.

Every verb is the same three steps: a plan from the request, chunks from the rollout, frames from
the decoder, each as soon as what it needs is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.paths import bundled_model_dir
from hanazora.media.frames import FramePiece
from hanazora.models.transformer.model import PromptEmbeds
from hanazora.parallel.device import Device, pick_device
from hanazora.pipelines.decoding import LatentDecoder
from hanazora.pipelines.enlarging import Enlarger, find_upsampler
from hanazora.pipelines.joining import soften_joins
from hanazora.pipelines.joint import rollout_for
from hanazora.pipelines.model_directory import Model, load_model
from hanazora.pipelines.plan import Geometry, Plan
from hanazora.pipelines.progress import Progress, SilentProgress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.rollout import StepEvent, join_prompts
from hanazora.pipelines.runs.run_directory import RunDirectory
from hanazora.pipelines.runs.streaming import FinishedChunk, decode_as_finished
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.steadying import Stills
from hanazora.pipelines.verbs.methods import VerbMethods
from hanazora.pipelines.verbs.planning import plan_request
from hanazora.pipelines.verbs.sources import load_source
from hanazora.pipelines.verbs.telling import told
from hanazora.pipelines.way_out import admit, show_frames

BUNDLED_NAME = "hanazora-petal"


@dataclass(frozen=True, slots=True)
class Job:
    """A request that is ready to be made.

    Attributes:
        request: with the model's own settings filled in.
        plan: what is given and what is made.
        sampler: how it is made.
        sources: latents (z lt lh lw) of every input of the plan.
    """

    request: GenerateRequest
    plan: Plan
    sampler: SamplerConfig
    sources: dict[int, Tensor]

    def given_chunks(self) -> dict[int, Float[Tensor, "z _lt lh lw"]]:
        """Latents of the chunks that are not made."""
        return {
            index: self.sources[chunk.given.source][
                :, chunk.given.first_frame : chunk.given.first_frame + chunk.num_frames
            ]
            for index, chunk in enumerate(self.plan.chunks)
            if chunk.given is not None
        }


class TextToVideo(VerbMethods):
    """A loaded model; makes one video after another.

    Args:
        model: the parts, as loaded.
        name: what sidecars call the model.
        device: where and in which precision to compute.
        upsampler_dir: the upsampler of hd videos; none is the bundled one.
    """

    def __init__(
        self, model: Model, name: str, device: Device, upsampler_dir: Path | None = None
    ) -> None:
        self.model = model
        self.enlarger = Enlarger(upsampler_dir or find_upsampler(None), device)
        self.name = name
        self.device = device
        model.transformer.to(device.torch, device.dtype)
        model.transformer.pack()
        model.autoencoder.to(device.torch, device.dtype)
        model.text_encoder.to(device.torch)  # small, and its errors reach every step: stays fp32

    def generate(
        self,
        request: GenerateRequest | str,
        files: Sequence[Path] = (),
        *,
        run: RunDirectory | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make one video, whatever its verb.

        Args:
            request: what to make, or a sentence alone, see `asked`; fields left open are filled
                from the model's own sampler.
            files: the files of its inputs, in order.
            run: keeps every finished chunk, and gives back those of an earlier attempt.
            progress: told about every denoising step and decoded frame; may cancel.

        Raises:
            RefusedError: the prompt filter said no.
            NonFiniteError: the network returned NaN or infinity.
        """
        progress = progress or SilentProgress()
        request = self.asked(request)
        job = self.prepare(request, files)
        made = dict(self.chunks(job, run=run, progress=progress))
        progress.start("decoding", request.num_frames)
        pieces = []
        for piece in self.frames(job, (FinishedChunk(*item) for item in made.items())):
            pieces.append(piece)
            progress.advance(len(piece))
        return GenerateResult(
            np.concatenate(pieces),
            job.request,
            self.info(job.request),
            job.plan,
            made,
            tuple(files),
        )

    def stream(
        self,
        request: GenerateRequest | str,
        files: Sequence[Path] = (),
        *,
        progress: Progress | None = None,
    ) -> Iterator[FramePiece]:
        """Make one video and yield its frames, marked, while later ones are still being made.

        Args:
            request: what to make, or a sentence alone, see `asked`.
            files: the files of its inputs, in order.
            progress: told about every denoising step; may cancel.

        Yields:
            Frames that the frame filter has cleared; together the whole video.

        Raises:
            RefusedError: a check said no; what came before had passed.
            NonFiniteError: the network returned NaN or infinity.
        """
        job = self.prepare(self.asked(request), files)
        frames = self.frames(job, self.chunks(job, progress=progress))
        yield from show_frames(frames, job.request, self.info(job.request))

    def generate_batch(
        self, requests: Sequence[GenerateRequest | str], *, progress: Progress | None = None
    ) -> list[GenerateResult]:
        """Make several videos; each is bit for bit what it would be alone.

        They run one after the other: kernels choose their summation order by shape, so a larger
        batch would change the last bits (DESIGN rule 4), and a CPU gains nothing from it.
        """
        return [self.generate(request, progress=progress) for request in requests]

    def asked(self, request: GenerateRequest | str) -> GenerateRequest:
        """Return the request of a sentence, as `hanazora generate` would make it.

        For the bundled model the sentence is put into the language of its captions. A request is
        returned as it is; `told` does the same for its prompts.
        """
        if not isinstance(request, str):
            return request
        plain = GenerateRequest(prompt=request)
        return told(plain) if self.name == BUNDLED_NAME else plain

    def prepare(self, request: GenerateRequest, files: Sequence[Path] = ()) -> Job:
        """Judge and plan a request, and bring its inputs to latents.

        Raises:
            UserError: the request cannot be met, or a file is not what it says.
            RefusedError: the prompt filter or the upload check said no.
        """
        admit(request, files)
        plan, sampler = plan_request(request, self.geometry), self.sampler(request)
        sources = {
            number: load_source(
                request.inputs[number], files[number], plan, self.model.autoencoder, self.device
            )
            for number in plan.sources
        }
        return Job(self.resolve(request), plan, sampler, sources)

    def chunks(
        self, job: Job, *, run: RunDirectory | None = None, progress: Progress | None = None
    ) -> Iterator[FinishedChunk]:
        """Yield every chunk of a job: the given ones first, then each as it is made."""
        progress = progress or SilentProgress()
        finished = job.given_chunks() | (run.finished_chunks() if run is not None else {})
        yield from (FinishedChunk(index, latents) for index, latents in finished.items())
        steps = job.sampler.num_steps(job.plan.strength)
        progress.start("denoising", (len(job.plan.chunks) - len(finished)) * steps)

        def on_step(event: StepEvent) -> None:
            progress.advance()

        prompts = [self._prompts(text, job) for text in job.plan.prompts]
        rollout = rollout_for(self.model.transformer.config)(
            self.model.transformer,
            prompts,
            job.plan,
            job.request.seed,
            job.sampler,
            on_step=on_step,
            stills=Stills(self.model.autoencoder) if job.sampler.steadiness else None,
        )
        source = job.plan.init_source
        for made in rollout.run(finished, None if source is None else job.sources[source]):
            if run is not None:
                run.save_chunk(made.number, made.latents)
            yield FinishedChunk(made.number, made.latents)

    def frames(
        self, job: Job, chunks: Iterator[FinishedChunk], *, tile_cells: int | None = None
    ) -> Iterator[FramePiece]:
        """Decode the chunks of a job piece by piece, with memory that does not depend on length.

        Args:
            job: what is made.
            chunks: as they are finished.
            tile_cells: side of the tiles to begin with, in latent cells; none is the whole picture.

        Raises:
            NonFiniteError: the autoencoder returned NaN or infinity.
            DecodeMemoryError: not even small tiles fit into memory.
        """
        decoder = LatentDecoder(self.model.autoencoder, self.device, tile_cells)
        pieces = soften_joins(job.plan, decode_as_finished(job.plan, chunks, decoder))
        if job.request.hd:
            pieces = self.enlarger.enlarge(pieces, job.request.height, job.request.width)
        yield from pieces

    @property
    def geometry(self) -> Geometry:
        """What a plan needs to know about this model."""
        config = self.model.transformer.config
        return Geometry(config.chunk_frames, config.patch_size)

    def info(self, request: GenerateRequest) -> ModelInfo:
        """What the sidecar of a video says about the networks that made it."""
        hashes = self.model.weight_hashes
        return ModelInfo(
            name=self.name,
            weight_hashes={**hashes, "upsampler": self.enlarger.sha256} if request.hd else hashes,
            device=self.device.type,
            dtype=self.device.dtype_name,
        )

    @property
    def autoencoder_sha256(self) -> str:
        """Hash of the autoencoder's weights; empty for a model not read from disk."""
        return self.model.weight_hashes.get("autoencoder", "")

    def sampler(self, request: GenerateRequest) -> SamplerConfig:
        """Return the model's own sampler with what the request says."""
        own = self.model.sampler
        steps, scale = request.num_inference_steps, request.guidance_scale
        return replace(
            own,
            num_inference_steps=own.num_inference_steps if steps is None else steps,
            guidance_scale=own.guidance_scale if scale is None else scale,
        )

    def resolve(self, request: GenerateRequest) -> GenerateRequest:
        """Fill in what the request leaves to the model."""
        sampler = self.sampler(request)
        return replace(
            request,
            num_inference_steps=sampler.num_inference_steps,
            guidance_scale=sampler.guidance_scale,
        )

    def embed(self, text: str) -> PromptEmbeds:
        """Embed one prompt; an empty text is the null prompt.

        Raises:
            PromptTooLongError: when the text has more tokens than the model reads.
        """
        encoder = self.model.text_encoder
        ids, mask = self.model.tokenizer.encode_batch([text], encoder.config.max_length)
        ids, mask = ids.to(self.device.torch), mask.to(self.device.torch)
        with torch.inference_mode():
            return PromptEmbeds(encoder(ids, mask).to(self.device.dtype), mask)

    def _prompts(self, text: str, job: Job) -> PromptEmbeds:
        """Embed a prompt, and beside it the negative one where guidance needs it."""
        prompt = self.embed(text)
        if job.sampler.guidance_scale == 1:
            return prompt
        return join_prompts(prompt, self.embed(job.request.negative_prompt))


def load(
    model: str | Path | None = None, *, device: str = "auto", dtype: str = "auto"
) -> TextToVideo:
    """Load a model directory, or the bundled model.

    Raises:
        ModelError: the directory is unreadable, incomplete or of another architecture.
        UserError: no such device on this machine.
    """
    directory = bundled_model_dir() if model is None else Path(model)
    name = BUNDLED_NAME if model is None else directory.resolve().name
    where = pick_device(device, dtype)
    return TextToVideo(load_model(directory), name, where, find_upsampler(directory))
