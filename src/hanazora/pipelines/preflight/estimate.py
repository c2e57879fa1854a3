"""What a video will cost on this machine, before anything is loaded: memory, disk, time.

Memory and disk follow from the plan and the configs of the model alone. Their few constants were
measured; `benchmarks/estimate.py` prints prediction beside measurement. Time is measured on the
spot by `speed.py`.
"""

import json
import math
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import ModelError, UserError
from hanazora.core.machine import available_memory_bytes, free_disk_bytes
from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE
from hanazora.models.autoencoder.model import PATCH, AutoencoderConfig
from hanazora.models.layers.weights import WEIGHTS_NAME
from hanazora.models.text.sentence_encoder import is_installed
from hanazora.parallel.device import Device, free_memory_bytes
from hanazora.pipelines.model_directory import ModelSettings, read_settings
from hanazora.pipelines.plan import Geometry, Plan
from hanazora.pipelines.request import GenerateRequest, Size
from hanazora.pipelines.verbs.description import count_cost, model_numbers
from hanazora.pipelines.verbs.planning import plan_request

_MIB = 1 << 20

BASE_BYTES = 362 * _MIB
"""A process with the interpreter, torch, the video library, every check and its small networks."""

SENTENCE_ENCODER_BYTES = 228 * _MIB
"""What reading the sentence encoder takes; what it frees is used again by the activations."""

SENTENCE_ENCODER_KEPT_BYTES = 90 * _MIB
"""What the sentence encoder keeps."""

TRANSFORMER_VALUES = 90
"""Activations alive at once in a block, in widths of the network per token."""

DECODER_VALUES = 10
"""Activations alive at once in the decoder, in widths of its finest grid per position."""

FRAME_COPIES = 8
"""Pictures alive at once on the way out, in bytes per byte of one group of frames."""

ENCODER_FRAMES = 45
"""Pictures that x264 holds: what it looks ahead, refers to and works on, at 1.5 bytes a pixel."""

VIDEO_BITS_PER_PIXEL = 0.5
"""Size of the file at its fixed quality; the procedural world needs less."""

DISK_SPARE_BYTES = 64 * _MIB
"""Left free beside everything that is written."""

MEMORY_SHARE = 0.95
"""Share of the free memory that a video may take."""

_SHRINK_STEPS = 40


class Fit(NamedTuple):
    """What there is to fit into."""

    memory_bytes: int
    disk_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What a video will cost."""

    memory_bytes: int
    """Peak resident memory; on an accelerator, peak memory of the accelerator."""
    disk_bytes: int
    """Most that is on the disk at once: run directory, scratch file, video, latents."""
    kept_bytes: int
    """What stays on the disk: video, sidecar, latents."""
    parts: dict[str, int]
    """The peak memory by part, in bytes."""


def estimate(request: GenerateRequest, model_dir: Path, device: Device) -> Estimate:
    """Estimate a video without loading a weight.

    Args:
        request: what to make.
        model_dir: the model.
        device: where and in which precision.

    Raises:
        ModelError: a config or a weights file cannot be read.
        UserError: the request cannot be planned.
    """
    plan, settings = plan_under(request, model_dir)
    parts = _memory_parts(request, plan, settings, model_dir, device)
    frame_bytes = request.width * request.height * 3
    video = round(request.num_frames * frame_bytes / 3 * VIDEO_BITS_PER_PIXEL / 8)
    cells = plan.num_latent_frames * plan.latent_height * plan.latent_width
    latents = cells * settings.transformer.in_channels * 2  # fp16
    return Estimate(
        memory_bytes=sum(parts.values()),
        disk_bytes=2 * video + 2 * latents + DISK_SPARE_BYTES,
        kept_bytes=video + latents,
        parts=parts,
    )


def plan_under(request: GenerateRequest, model_dir: Path) -> tuple[Plan, ModelSettings]:
    """Plan a request from the configs of a model alone."""
    settings = read_settings(model_dir)
    transformer = settings.transformer
    geometry = Geometry(transformer.chunk_frames, transformer.patch_size)
    return plan_request(request, geometry), settings


def what_there_is(device: Device, place: Path) -> Fit:
    """Return the free memory of the device and the free disk of a place."""
    own = free_memory_bytes(device.torch)
    return Fit(available_memory_bytes() if own is None else own, free_disk_bytes(place))


def require_fit(request: GenerateRequest, model_dir: Path, device: Device, place: Path) -> Estimate:
    """Refuse a video that will not fit, naming the nearest one that does.

    Raises:
        UserError: memory or disk are too small for it.
    """
    there_is = what_there_is(device, place)
    found = estimate(request, model_dir, device)
    room = round(there_is.memory_bytes * MEMORY_SHARE)
    if found.memory_bytes > room:
        rule = f"{gigabytes(there_is.memory_bytes)} are free"
        needs = f"needs {gigabytes(found.memory_bytes)} of memory"
        what = f"{Size(request.width, request.height)} {needs}"
        raise UserError(what, rule, _nearest_size(request, model_dir, device, room))
    if found.disk_bytes > there_is.disk_bytes:
        seconds = request.num_frames / request.fps
        rule = f"{gigabytes(there_is.disk_bytes)} are free"
        what = f"{seconds:g} s need {gigabytes(found.disk_bytes)} of disk"
        nearest = _nearest_length(request, model_dir, device, there_is.disk_bytes)
        raise UserError(what, rule, nearest)
    return found


def gigabytes(num_bytes: int) -> str:
    """Return a size as people read it."""
    return f"{num_bytes / 1e9:.2f} GB" if num_bytes < 1e9 else f"{num_bytes / 1e9:.1f} GB"


def count_parameters(part_dir: Path) -> int:
    """Count the parameters of a part from the header of its weights file.

    Raises:
        ModelError: the file cannot be read.
    """
    path = part_dir / WEIGHTS_NAME
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
    except (OSError, ValueError, struct.error) as error:
        raise ModelError(f"cannot read {path}", str(error)) from error
    tensors = [entry for name, entry in header.items() if name != "__metadata__"]
    return sum(math.prod(entry["shape"]) for entry in tensors)


def _memory_parts(
    request: GenerateRequest,
    plan: Plan,
    settings: ModelSettings,
    model_dir: Path,
    device: Device,
) -> dict[str, int]:
    value_bytes = device.dtype.itemsize
    numbers = model_numbers(settings, request, value_bytes, plan.strength)
    cost = count_cost(plan, numbers)
    counts = [count_parameters(model_dir / name) for name in ("transformer", "autoencoder")]
    text = count_parameters(model_dir / "text_encoder")
    # A part is read in fp32 and then cast, and what was freed of the cast is used again.
    weights = sum(counts) * max(value_bytes, 2) + text * 4 + max(counts) * 4
    longest = max(plan.chunks[index].num_frames for index in plan.order)
    tokens = longest * cost.tokens_per_frame * (2 if numbers.is_guided else 1)
    making = tokens * settings.transformer.hidden_size * TRANSFORMER_VALUES * value_bytes
    decoding = _decoding_bytes(plan, settings.autoencoder, value_bytes)
    pixels = request.width * request.height
    leaving = pixels * (3 * TIME_STRIDE * FRAME_COPIES + round(1.5 * ENCODER_FRAMES))
    # Memory that one stage has freed is used again by the next.
    if device.type != "cpu":
        activations = max(making, decoding)
        return {"weights": weights, "context": cost.cache_bytes, "activations": activations}
    parts = {
        "program": BASE_BYTES,
        "weights": weights,
        "context": cost.cache_bytes,
        "activations": max(making, decoding + leaving),
    }
    if is_installed():
        passing = SENTENCE_ENCODER_BYTES - SENTENCE_ENCODER_KEPT_BYTES
        parts["sentence encoder"] = SENTENCE_ENCODER_KEPT_BYTES
        parts["activations"] = max(parts["activations"], passing)
    return parts


def _decoding_bytes(plan: Plan, config: AutoencoderConfig, value_bytes: int) -> int:
    positions = plan.latent_height * plan.latent_width * (SPACE_STRIDE // PATCH) ** 2
    return positions * config.decoder_widths[-1] * DECODER_VALUES * value_bytes


def _nearest_size(request: GenerateRequest, model_dir: Path, device: Device, room: int) -> str:
    """Return the largest size of the same shape that fits."""
    if request.inputs:
        return "smaller copies of its inputs"

    def fits(width: int, height: int) -> bool:
        smaller = replace(request, width=width, height=height)
        return estimate(smaller, model_dir, device).memory_bytes <= room

    for step in range(_SHRINK_STEPS, 0, -1):
        width, height = (
            max(round(side * step / _SHRINK_STEPS / SPACE_STRIDE), 1) * SPACE_STRIDE
            for side in (request.width, request.height)
        )
        if fits(width, height):
            return f"--size {Size(width, height)}"
    return "a machine with more memory"


def _nearest_length(request: GenerateRequest, model_dir: Path, device: Device, room: int) -> str:
    """Return the longest duration that fits."""
    if request.verb != "generate":
        return "another disk"
    for step in range(_SHRINK_STEPS, 0, -1):
        num_frames = max(request.num_frames * step // _SHRINK_STEPS, 1)
        shorter = replace(request, num_frames=num_frames)
        if estimate(shorter, model_dir, device).disk_bytes <= room:
            return f"--num-frames {num_frames}"
    return "another disk"
