"""`hanazora estimate`: what a video will cost on this machine, before anything is loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hanazora.cli.options.aliases import Guidance, Steps
from hanazora.cli.options.folding import folded
from hanazora.cli.options.making import MachineOptions
from hanazora.cli.options.shape import ShapeOptions, chosen_size
from hanazora.core.errors import UserError
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import read_request


@folded
def estimate(
    shape: ShapeOptions,
    machine: MachineOptions,
    picture: Annotated[bool, typer.Option("--picture", help="One picture, no video.")] = False,
    num_inference_steps: Steps = None,
    guidance_scale: Guidance = None,
    sidecar: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The video of this sidecar.")
    ] = None,
) -> None:
    """Tell memory, disk and time of a video; refuse what will not fit and name what does."""
    if sidecar is not None and (shape.is_said or picture):
        raise UserError("--from with a size or a duration", "the sidecar says them already")
    request = _picture(shape) if picture else _video(shape)
    if sidecar is not None:
        request = read_request(sidecar)
    if num_inference_steps is not None:
        request = replace(request, num_inference_steps=num_inference_steps)
    if guidance_scale is not None:
        request = replace(request, guidance_scale=guidance_scale)
    _print_estimate(request, machine)


def _video(shape: ShapeOptions) -> GenerateRequest:
    # What it shows changes nothing in what it costs.
    return GenerateRequest(prompt="anything", **shape.extent()._asdict())


def _picture(shape: ShapeOptions) -> GenerateRequest:
    if shape != ShapeOptions(size=shape.size, aspect=shape.aspect):
        raise UserError("--picture with a duration, a rate or --hd", "a picture has a size alone")
    size = chosen_size(shape.size, shape.aspect)
    return GenerateRequest(
        verb="picture", prompt="anything", width=size.width, height=size.height, num_frames=1
    )


def _print_estimate(request: GenerateRequest, machine: MachineOptions) -> None:
    from hanazora.pipelines.preflight.estimate import (
        gigabytes,
        plan_under,
        require_fit,
        what_there_is,
    )
    from hanazora.pipelines.preflight.speed import measure_speed

    chosen = machine.pick_device()
    there_is = what_there_is(chosen, Path.cwd())
    found = require_fit(request, machine.model_dir, chosen, Path.cwd())
    plan, settings = plan_under(request, machine.model_dir)
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
    if request.hd:
        print(f"        {speed.enlarging_s:8.1f} s enlarging")
    print(f"        {speed.leaving_s:8.1f} s checks and encoding")
