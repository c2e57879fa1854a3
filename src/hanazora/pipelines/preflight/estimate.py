"""What a video will cost on this machine, before anything is loaded: memory, disk, time.

Memory (`memory.py`) and disk follow from the plan and the configs of the model alone;
`benchmarks/estimate.py` prints prediction beside measurement. Time is measured on the spot
(`speed.py`).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.machine import available_memory_bytes, free_disk_bytes
from hanazora.core.shapes import SPACE_STRIDE
from hanazora.parallel.device import Device, free_memory_bytes
from hanazora.pipelines.model_directory import ModelSettings, read_settings
from hanazora.pipelines.plan import Geometry, Plan
from hanazora.pipelines.preflight.memory import memory_parts, video_bytes
from hanazora.pipelines.request import GenerateRequest, Size
from hanazora.pipelines.verbs.planning import plan_request

_MIB = 1 << 20

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
    parts = memory_parts(request, plan, settings, model_dir, device)
    kept = _kept_bytes(request, plan, settings)
    return Estimate(
        memory_bytes=sum(parts.values()),
        disk_bytes=_disk_bytes(kept),
        kept_bytes=kept,
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
        nearest = _nearest_length(request, model_dir, there_is.disk_bytes)
        raise UserError(what, rule, nearest)
    return found


def gigabytes(num_bytes: int) -> str:
    """Return a size as people read it."""
    if num_bytes < 1e8:
        return f"{num_bytes / 1e6:.0f} MB"
    return f"{num_bytes / 1e9:.2f} GB" if num_bytes < 1e9 else f"{num_bytes / 1e9:.1f} GB"


def _kept_bytes(request: GenerateRequest, plan: Plan, settings: ModelSettings) -> int:
    """Return what stays on the disk: the video, and its latents in fp16."""
    cells = plan.num_latent_frames * plan.latent_height * plan.latent_width
    return video_bytes(request) + cells * settings.transformer.in_channels * 2


def _disk_bytes(kept_bytes: int) -> int:
    """Return the most that is on the disk at once: chunks and scratch file beside what stays."""
    return 2 * kept_bytes + DISK_SPARE_BYTES


def _nearest_size(request: GenerateRequest, model_dir: Path, device: Device, room: int) -> str:
    """Return the largest size of the same shape that fits."""
    if request.inputs:
        return "smaller copies of its inputs"

    def shrunk(step: int) -> Size:
        sides = (
            max(round(side * step / _SHRINK_STEPS / SPACE_STRIDE), 1) * SPACE_STRIDE
            for side in (request.width, request.height)
        )
        return Size(*sides)

    fits, too_large = 0, _SHRINK_STEPS + 1
    while too_large - fits > 1:
        step = (fits + too_large) // 2
        size = shrunk(step)
        smaller = replace(request, width=size.width, height=size.height)
        if estimate(smaller, model_dir, device).memory_bytes <= room:
            fits = step
        else:
            too_large = step
    return f"--size {shrunk(fits)}" if fits else "a machine with more memory"


def _nearest_length(request: GenerateRequest, model_dir: Path, room: int) -> str:
    """Return the longest duration that fits."""
    if request.verb != "generate":
        return "another disk"
    for step in range(_SHRINK_STEPS, 0, -1):
        num_frames = max(request.num_frames * step // _SHRINK_STEPS, 1)
        shorter = replace(request, num_frames=num_frames)
        if _disk_bytes(_kept_bytes(shorter, *plan_under(shorter, model_dir))) <= room:
            return f"--num-frames {num_frames}"
    return "another disk"
