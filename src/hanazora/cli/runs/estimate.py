"""`hanazora estimate`: what a video will cost on this machine, before anything is loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.making import Guidance, ModelDir, Steps
from hanazora.cli.options import (
    AspectText,
    DeviceName,
    DtypeName,
    Fps,
    NumFrames,
    Seconds,
    SizeText,
    chosen_frames,
    chosen_size,
)
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.request import DEFAULT_FPS, GenerateRequest
from hanazora.pipelines.sidecar import read_request


def estimate(
    seconds: Seconds = None,
    num_frames: NumFrames = None,
    size: SizeText = None,
    aspect: AspectText = None,
    fps: Fps = None,
    model: ModelDir = None,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    sidecar: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The video of this sidecar.")
    ] = None,
) -> None:
    """Tell memory, disk and time of a video; refuse what will not fit and name what does."""
    if sidecar is not None:
        request = read_request(sidecar)
    else:
        rate = DEFAULT_FPS if fps is None else fps
        width, height = chosen_size(size, aspect)
        frames = chosen_frames(seconds, num_frames, rate)
        # What it shows changes nothing in what it costs.
        request = GenerateRequest(
            prompt="anything", width=width, height=height, num_frames=frames, fps=rate
        )
    if num_inference_steps is not None:
        request = replace(request, num_inference_steps=num_inference_steps)
    if guidance_scale is not None:
        request = replace(request, guidance_scale=guidance_scale)
    _print_estimate(request, model or bundled_model_dir(), device, dtype)


def _print_estimate(request: GenerateRequest, model: Path, device: str, dtype: str) -> None:
    from hanazora.parallel.device import pick_device
    from hanazora.pipelines.preflight.estimate import (
        gigabytes,
        plan_under,
        require_fit,
        what_there_is,
    )
    from hanazora.pipelines.preflight.speed import measure_speed

    chosen = pick_device(device, dtype)
    there_is = what_there_is(chosen, Path.cwd())
    found = require_fit(request, model, chosen, Path.cwd())
    plan, settings = plan_under(request, model)
    speed = measure_speed(request, plan, settings, chosen)
    shape = f"{request.width}x{request.height}, {request.num_frames} frames, {request.fps:g} fps"
    print(f"{shape}, {len(plan.order)} chunks, on {chosen.type} in {chosen.dtype_name}")
    print(f"memory  {gigabytes(found.memory_bytes)} of {gigabytes(there_is.memory_bytes)} free")
    for name, num_bytes in found.parts.items():
        print(f"        {num_bytes / 1e6:8.0f} MB {name}")
    print(f"disk    {gigabytes(found.disk_bytes)} of {gigabytes(there_is.disk_bytes)} free")
    print(f"        {found.kept_bytes / 1e6:8.1f} MB stay")
    print(f"time    about {speed.seconds:.0f} s")
    print(f"        {speed.denoising_s:8.1f} s denoising")
    print(f"        {speed.decoding_s:8.1f} s decoding")
    print(f"        {speed.leaving_s:8.1f} s checks and encoding")
