"""Text to video: a sentence to frames in memory; `GenerateResult.save` is the way to a file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import NonFiniteError
from hanazora.core.paths import bundled_model_dir
from hanazora.core.shapes import LatentShape, VideoShape, latent_shape
from hanazora.media.frames import Frames
from hanazora.models.autoencoder.streaming import decode_stream
from hanazora.models.transformer.model import PromptEmbeds
from hanazora.parallel.device import Device, pick_device
from hanazora.pipelines.model_directory import Model, load_model
from hanazora.pipelines.plan import plain_plan
from hanazora.pipelines.progress import Progress, SilentProgress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.rollout import Rollout, SamplerConfig, StepEvent, join_prompts
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import admit

BUNDLED_NAME = "hanazora-petal"


class TextToVideo:
    """A loaded model; makes one video after another.

    Args:
        model: the parts, as loaded.
        name: what sidecars call the model.
        device: where and in which precision to compute.
    """

    def __init__(self, model: Model, name: str, device: Device) -> None:
        self.model = model
        self.name = name
        self.device = device
        model.transformer.to(device.torch, device.dtype)
        model.autoencoder.to(device.torch, device.dtype)
        model.text_encoder.to(device.torch)  # small, and its errors reach every step: stays fp32

    def generate(
        self, request: GenerateRequest, *, progress: Progress | None = None
    ) -> GenerateResult:
        """Make one video.

        Args:
            request: what to make; fields left open are filled from the model's own sampler.
            progress: told about every denoising step and decoded frame; may cancel.

        Raises:
            RefusedError: the prompt filter said no.
            NonFiniteError: the network returned NaN or infinity.
        """
        admit(request)
        progress = progress or SilentProgress()
        sampler = self._sampler(request)
        request = replace(
            request,
            num_inference_steps=sampler.num_inference_steps,
            guidance_scale=sampler.guidance_scale,
        )
        latents = self._make_latents(request, sampler, progress)
        progress.start("decoding", request.num_frames)
        pieces = []
        for piece in self.decode(latents, request.shape):
            pieces.append(piece)
            progress.advance(len(piece))
        info = ModelInfo(
            name=self.name,
            weight_hashes=self.model.weight_hashes,
            device=self.device.type,
            dtype=self.device.dtype_name,
        )
        return GenerateResult(np.concatenate(pieces), request, info)

    def generate_batch(
        self, requests: Sequence[GenerateRequest], *, progress: Progress | None = None
    ) -> list[GenerateResult]:
        """Make several videos; each is bit for bit what it would be alone.

        They run one after the other: kernels choose their summation order by shape, so a larger
        batch would change the last bits (DESIGN rule 4), and a CPU gains nothing from it.
        """
        return [self.generate(request, progress=progress) for request in requests]

    def latents(self, request: GenerateRequest) -> Float[Tensor, "1 z lt lh lw"]:
        """Make one video and stop before decoding it."""
        return self._make_latents(request, self._sampler(request), SilentProgress())

    @torch.inference_mode()
    def decode(self, latents: Float[Tensor, "1 z lt lh lw"], shape: VideoShape) -> Iterator[Frames]:
        """Decode latents piece by piece with memory that does not depend on their length.

        Raises:
            NonFiniteError: the autoencoder returned NaN or infinity.
        """
        latents = latents.to(self.device.torch, self.device.dtype)
        for video in decode_stream(self.model.autoencoder, latents.split(1, dim=2), shape):
            if not bool(torch.isfinite(video).all()):
                raise NonFiniteError(
                    f"the autoencoder returned a non-finite value ({self.device.dtype_name}); "
                    "try --dtype fp32"
                )
            pixels = ((video[0].float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
            yield pixels.permute(1, 2, 3, 0).cpu().numpy()  # t h w c

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

    def _sampler(self, request: GenerateRequest) -> SamplerConfig:
        own = self.model.sampler
        steps, scale = request.num_inference_steps, request.guidance_scale
        return replace(
            own,
            num_inference_steps=own.num_inference_steps if steps is None else steps,
            guidance_scale=own.guidance_scale if scale is None else scale,
        )

    def _make_latents(
        self, request: GenerateRequest, sampler: SamplerConfig, progress: Progress
    ) -> Float[Tensor, "1 z lt lh lw"]:
        prompt = self.embed(request.prompt)
        if sampler.guidance_scale != 1:
            prompt = join_prompts(prompt, self.embed(request.negative_prompt))
        shape = self._padded_latents(request.shape)
        plan = plain_plan(shape, self.model.transformer.config.chunk_frames)
        progress.start("denoising", len(plan.order) * sampler.num_inference_steps)

        def on_step(event: StepEvent) -> None:
            progress.advance()

        rollout = Rollout(
            self.model.transformer, [prompt], plan, request.seed, sampler, on_step=on_step
        )
        return torch.cat([made.latents for made in rollout.run()], dim=1)[None]

    def _padded_latents(self, shape: VideoShape) -> LatentShape:
        """Round the latents up to whole patches; the surplus is cropped after decoding."""
        sizes = zip(latent_shape(shape), self.model.transformer.config.patch_size, strict=True)
        return LatentShape(*(-(-size // patch) * patch for size, patch in sizes))


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
    return TextToVideo(load_model(directory), name, pick_device(device, dtype))
