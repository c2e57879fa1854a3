"""How fast this machine is at one video, measured in seconds with networks that are not loaded.

A network of the same shape with random weights takes one step of one chunk and decodes one group
of frames; everything else is multiplication. Deep networks are timed on their first blocks.
"""

import time
from dataclasses import replace
from typing import NamedTuple

import torch

from hanazora.core.shapes import TIME_STRIDE
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.models.upsampler.model import UpsamplerConfig, VideoUpsampler
from hanazora.parallel.device import Device
from hanazora.pipelines.decoding import LatentDecoder
from hanazora.pipelines.joint import rollout_for
from hanazora.pipelines.model_directory import ModelSettings
from hanazora.pipelines.plan import Geometry, Plan
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.rollout import StepEvent
from hanazora.pipelines.verbs.description import count_cost, model_numbers
from hanazora.pipelines.verbs.planning import plan_request

START_S = 6.0
"""Starting the program and reading a small model."""

LEAVING_S_PER_MEGAPIXEL = 0.35
"""Checks, mark and encoder, per million pixels; measured by `benchmarks/estimate.py`."""

_MAX_TIMED_VALUES = 60_000_000
_TEXT_TOKENS = 24
_TIMED_STEPS = 3


class Speed(NamedTuple):
    """Seconds of each part of a video."""

    denoising_s: float
    decoding_s: float
    enlarging_s: float
    leaving_s: float

    @property
    def seconds(self) -> float:
        """Seconds from the command to the file."""
        working_s = self.denoising_s + self.decoding_s + self.enlarging_s
        return START_S + working_s + self.leaving_s


def measure_speed(
    request: GenerateRequest, plan: Plan, settings: ModelSettings, device: Device
) -> Speed:
    """Time one step and one group of frames of a video, and multiply.

    Args:
        request: what to make.
        plan: its plan.
        settings: the configs of the model.
        device: where and in which precision.
    """
    numbers = model_numbers(settings, request, device.dtype.itemsize, plan.strength)
    # What is looked at takes about one more pass a chunk; full attention looks at nothing else.
    cost, num_docs = count_cost(plan, numbers), numbers.num_docs(plan, plan.order[0])
    passes = cost.num_passes / num_docs
    passes += 0 if numbers.is_joint else passes / numbers.num_steps
    pass_s = _pass_seconds(request, settings, device, num_docs)
    group_s = _group_seconds(plan, settings.autoencoder, device)
    large_s = _large_frame_seconds(plan, device) if request.hd else 0.0
    megapixels = request.num_frames * request.width * request.height / 1e6
    return Speed(
        passes * pass_s,
        group_s * request.num_frames / TIME_STRIDE,
        large_s * request.num_frames,
        megapixels * LEAVING_S_PER_MEGAPIXEL,
    )


def _pass_seconds(
    request: GenerateRequest, settings: ModelSettings, device: Device, num_docs: int
) -> float:
    """Seconds of one step: of a chunk that looks at others, or of all frames together."""
    config, share = _shortened(settings.transformer)
    transformer = VideoTransformer(config).to(device.torch, device.dtype)
    transformer.requires_grad_(False).eval()
    transformer.pack()  # as the pipeline does
    num_frames, (width, height) = request.num_frames, request.made_size
    if config.causal:
        num_frames = min(num_frames, 1 + 2 * config.chunk_frames * TIME_STRIDE)
    small = GenerateRequest(prompt="x", width=width, height=height, num_frames=num_frames)
    plan = plan_request(small, Geometry(config.chunk_frames, config.patch_size))
    embeds = torch.randn(num_docs, _TEXT_TOKENS, config.text_dim)
    mask = torch.ones(num_docs, _TEXT_TOKENS, dtype=torch.bool)
    prompt = PromptEmbeds(embeds.to(device.torch, device.dtype), mask.to(device.torch))
    times = list[float]()

    def on_step(event: StepEvent) -> None:
        if event.chunk == event.num_chunks - 1:
            times.append(time.perf_counter())

    sampler = replace(settings.sampler, num_inference_steps=_TIMED_STEPS)
    rollout = rollout_for(config)(transformer, [prompt], plan, 0, sampler, on_step=on_step)
    for _ in rollout.run():
        pass
    # The shorter of two steps: other work on the machine only ever slows one down.
    return min(times[-1] - times[-2], times[-2] - times[-3]) * share


def _shortened(config: VideoTransformerConfig) -> tuple[VideoTransformerConfig, float]:
    """Return the network with as few blocks as are needed to time it, and what to multiply by."""
    block_values = config.hidden_size * (8 * config.hidden_size + 2 * config.mlp_size)
    num_layers = max(min(config.num_layers, _MAX_TIMED_VALUES // block_values), 1)
    if num_layers == config.num_layers:
        return config, 1.0
    return replace(config, num_layers=num_layers), config.num_layers / num_layers


@torch.inference_mode()
def _group_seconds(plan: Plan, config: AutoencoderConfig, device: Device) -> float:
    """Seconds of one latent frame through the decoder."""
    autoencoder = VideoAutoencoder(config).to(device.torch, device.dtype).eval()
    decoder = LatentDecoder(autoencoder, device)
    latents = torch.randn(config.latent_channels, plan.latent_height, plan.latent_width)
    decoder.decode(latents)
    started_s = time.perf_counter()
    decoder.decode(latents)
    return time.perf_counter() - started_s


@torch.inference_mode()
def _large_frame_seconds(plan: Plan, device: Device) -> float:
    """Seconds of one frame through an upsampler of the default size."""
    upsampler = VideoUpsampler(UpsamplerConfig()).to(device.torch, device.dtype).eval()
    frame = torch.zeros(1, 1, plan.height, plan.width, 3, device=device.torch, dtype=device.dtype)
    upsampler(frame)
    started_s = time.perf_counter()
    upsampler(frame)
    return time.perf_counter() - started_s
