"""Peak memory of a video, part by part, from its plan and the configs of the model alone.

A video is made in stages, one after the other: chunks are denoised; then each latent frame is
decoded, enlarged where that was asked for, judged, marked and encoded; then the file is signed.
Memory that one stage has freed is used again by the next, so the largest stage counts. The few
constants were measured; `benchmarks/estimate.py` prints prediction beside measurement.
"""

import json
import math
import struct
from pathlib import Path

from hanazora.core.errors import ModelError
from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE
from hanazora.models.autoencoder.model import PATCH, AutoencoderConfig
from hanazora.models.layers.weights import WEIGHTS_NAME
from hanazora.models.text.sentence_encoder import is_installed
from hanazora.models.upsampler.weights import read_upsampler_config
from hanazora.parallel.device import Device
from hanazora.pipelines.enlarging import find_upsampler
from hanazora.pipelines.model_directory import ModelSettings
from hanazora.pipelines.plan import Plan
from hanazora.pipelines.request import UPSCALE, GenerateRequest
from hanazora.pipelines.verbs.description import count_cost, model_numbers

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

UPSAMPLER_VALUES = 5
"""Activations alive at once in the upsampler, in its widths per small pixel."""

UPSAMPLER_FRAMES = 5
"""Large frames in fp32 alive at once beside them: bicubic, detail, their sum, pixels."""

FRAME_COPIES = 8
"""Frames alive at once on the way out, for each of those that come together."""

MARKING_BYTES = 170
"""What the watermark keeps and works on, per pixel: its fields, the sum of all frames, a look."""

ENCODER_FRAMES = 45
"""Pictures that x264 holds: what it looks ahead, refers to and works on, at 1.5 bytes a pixel."""

SIGNING_COPIES = 3
"""Copies of the file in memory while it is signed, verified and hashed."""

VIDEO_BITS_PER_PIXEL = 0.5
"""Size of the file at its fixed quality; the procedural world needs less."""


def video_bytes(request: GenerateRequest) -> int:
    """Return about how large the file will be."""
    pixels = request.num_frames * request.width * request.height
    return round(pixels * VIDEO_BITS_PER_PIXEL / 8)


def memory_parts(
    request: GenerateRequest,
    plan: Plan,
    settings: ModelSettings,
    model_dir: Path,
    device: Device,
) -> dict[str, int]:
    """Return the peak memory of a video by part, in bytes; the parts add up to it.

    Args:
        request: what to make.
        plan: its plan under the model.
        settings: the configs of the model.
        model_dir: the model; only the headers of its weights are read.
        device: where and in which precision; of an accelerator, its own memory is meant.

    Raises:
        ModelError: a weights file cannot be read.
    """
    value_bytes = device.dtype.itemsize
    numbers = model_numbers(settings, request, value_bytes, plan.strength)
    cost = count_cost(plan, numbers)
    tokens = cost.pass_frames * cost.tokens_per_frame * numbers.num_docs(plan, plan.order[0])
    making = tokens * settings.transformer.hidden_size * TRANSFORMER_VALUES * value_bytes
    decoding = _decoding_bytes(plan, settings.autoencoder, value_bytes)
    enlarging = _enlarging_bytes(plan, model_dir, value_bytes) if request.hd else 0
    weights, context = _weight_bytes(model_dir, value_bytes), cost.cache_bytes
    if device.type != "cpu":
        activations = max(making, decoding + enlarging)
        return {"weights": weights, "context": context, "activations": activations}
    showing = decoding + enlarging + _leaving_bytes(request)
    parts = {
        "program": BASE_BYTES,
        "weights": weights,
        "context": context,
        "activations": max(making, showing),
    }
    if is_installed():
        passing = SENTENCE_ENCODER_BYTES - SENTENCE_ENCODER_KEPT_BYTES
        parts["sentence encoder"] = SENTENCE_ENCODER_KEPT_BYTES
        parts["activations"] = max(parts["activations"], passing)
    return parts


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


def _weight_bytes(model_dir: Path, value_bytes: int) -> int:
    counts = [count_parameters(model_dir / name) for name in ("transformer", "autoencoder")]
    text = count_parameters(model_dir / "text_encoder")
    # A part is read in fp32 and then cast, and what was freed of the cast is used again.
    return sum(counts) * max(value_bytes, 2) + text * 4 + max(counts) * 4


def _decoding_bytes(plan: Plan, config: AutoencoderConfig, value_bytes: int) -> int:
    positions = plan.latent_height * plan.latent_width * (SPACE_STRIDE // PATCH) ** 2
    return positions * config.decoder_widths[-1] * DECODER_VALUES * value_bytes


def _enlarging_bytes(plan: Plan, model_dir: Path, value_bytes: int) -> int:
    """Weights of the upsampler, its activations on the small grid, and the large frames."""
    directory = find_upsampler(model_dir)
    weights = count_parameters(directory) * (4 + value_bytes)  # read in fp32, then cast
    pixels, width = plan.width * plan.height, read_upsampler_config(directory).width
    activations = pixels * width * UPSAMPLER_VALUES * value_bytes
    return weights + activations + pixels * UPSCALE**2 * 3 * 4 * UPSAMPLER_FRAMES


def _leaving_bytes(request: GenerateRequest) -> int:
    """Frames on the way out, what the encoder holds, and the file while it is signed."""
    pixels = request.width * request.height
    if request.verb == "picture":
        return pixels * (MARKING_BYTES + 3 * (FRAME_COPIES + SIGNING_COPIES))
    together = 1 if request.hd else TIME_STRIDE  # the upsampler gives frames one by one
    frames = pixels * (MARKING_BYTES + 3 * together * FRAME_COPIES)
    return frames + round(1.5 * ENCODER_FRAMES * pixels) + SIGNING_COPIES * video_bytes(request)
