"""Draw scenes: `render` turns solids, camera paths and particles into frames with ground truth.

A ray caster in plain torch, the same code on CPU and CUDA (specs/world-and-evaluation.md section
4.1). Frames are drawn several at a time; every pixel gets one ray, and only pixels on the edge
between two surfaces get four more.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int16, UInt8
from torch import Tensor

from hanazora.world.primitives import RenderScene
from hanazora.world.rays import effects
from hanazora.world.rays.camera import Cameras, build_cameras
from hanazora.world.rays.compiling import can_compile, kernels
from hanazora.world.rays.packing import (
    ENV,
    Frames,
    Solids,
    environment_columns,
    frame_times,
    pack_lights,
    pack_solids,
)
from hanazora.world.rays.particles import splat
from hanazora.world.rays.raycast import TILE
from hanazora.world.rays.shadows import SHADOW_SIDE, ShadowMap, shadow_map
from hanazora.world.rays.tracing import Batch, mirror, trace


class RenderedClip(NamedTuple):
    """A drawn clip with exact ground truth."""

    frames: UInt8[Tensor, "t h w 3"]
    """RGB pictures."""
    object_ids: Int16[Tensor, "t h w"]
    """Object seen in each pixel's centre; -1 is ground or sky."""
    depth: Float[Tensor, "t h w"]
    """Metres along the view axis; the sky is at FAR (1000)."""


def render(
    scenes: Sequence[RenderScene],
    height: int,
    width: int,
    *,
    device: str | torch.device = "cpu",
    antialias: bool = True,
    compiled: bool | None = None,
    batch_frames: int | None = None,
) -> list[RenderedClip]:
    """Draw clips of height x width pixels.

    Args:
        scenes: clips of any lengths; frames of several clips share batches.
        height: picture height in pixels.
        width: picture width in pixels.
        device: where to compute and where the results live.
        antialias: four more rays for pixels on edges.
        compiled: run kernels through torch.compile; None = where a compiler exists.
        batch_frames: frames drawn at a time; None = what suits the device and size.
    """
    device = torch.device(device)
    if height < TILE or width < TILE:
        raise ValueError(f"height and width must be at least {TILE}, got {height}x{width}")
    if compiled is None:
        compiled = can_compile(device)
    if batch_frames is None:
        budget = (1 << 25) if device.type == "cuda" else (1 << 19)
        batch_frames = max(1, budget // (height * width))
    pieces: list[list[RenderedClip]] = [[] for _ in scenes]
    with torch.inference_mode(), kernels(compiled=compiled):
        for indices, parts in _batches(scenes, batch_frames):
            drawn = _draw(parts, height, width, device, antialias)
            at = 0
            for index, part in zip(indices, parts, strict=True):
                end = at + part.stop - part.start
                pieces[index].append(RenderedClip(*(x[at:end] for x in drawn)))
                at = end
    return [RenderedClip(*(torch.cat(x) for x in zip(*piece, strict=True))) for piece in pieces]


def _batches(scenes: Sequence[RenderScene], size: int) -> Iterator[tuple[list[int], list[Frames]]]:
    """Cut clips into equally large batches of up to `size` frames."""
    total = sum(scene.num_frames for scene in scenes)
    size = -(-total // max(1, -(-total // size)))
    indices, parts, room = [], [], size
    for index, scene in enumerate(scenes):
        start = 0
        while start < scene.num_frames:
            stop = min(scene.num_frames, start + room)
            indices.append(index)
            parts.append(Frames(scene, start, stop))
            room -= stop - start
            start = stop
            if room == 0:
                yield indices, parts
                indices, parts, room = [], [], size
    if parts:
        yield indices, parts


def _draw(
    parts: list[Frames], height: int, width: int, device: torch.device, antialias: bool
) -> RenderedClip:
    batch = prepare(parts, height, width, device)
    pictures = trace(batch, batch.cameras, batch.env, (height, width), antialias)
    rgb, ids = pictures.rgb, batch.solids.object_ids[pictures.rows.to(torch.int64)]
    setting = [part.scene.environment for part in parts for _ in range(part.start, part.stop)]

    def knob(name: str) -> Tensor:
        return torch.tensor([getattr(e, name) for e in setting], device=device, dtype=torch.float32)

    if any(e.wet > 0 for e in setting):
        rgb = mirror(batch, pictures, rgb)
    if any(e.paper > 0 for e in setting):
        rgb = effects.paper_craft(rgb, pictures.depth, knob("paper"))
    if any(e.ink > 0 for e in setting):
        lines = effects.ink_lines(ids, pictures.depth, height / 240)
        rgb = rgb * (1 - lines.unsqueeze(1) * knob("ink").view(-1, 1, 1, 1))
    if any(e.bloom > 0 for e in setting):
        rgb = effects.bloom(rgb, pictures.emission, knob("bloom"))
    rgb = _particles(batch, rgb, pictures.depth)
    exposure, saturation = knob("exposure").view(-1, 1, 1), knob("saturation").view(-1, 1, 1)
    frames = effects.tone(rgb.flatten(2), exposure, saturation).view(rgb.shape)
    return RenderedClip(frames.permute(0, 2, 3, 1), ids.to(torch.int16), pictures.depth)


def prepare(parts: list[Frames], height: int, width: int, device: torch.device) -> Batch:
    """Pack the frames of a batch and cast their shadow maps."""

    def path(name: str) -> Tensor:
        rows = [getattr(p.scene.camera, name)[p.start : p.stop] for p in parts]
        return torch.from_numpy(np.concatenate(rows).astype(np.float32)).to(device)

    eye, target = path("eye"), path("target")
    cameras = build_cameras(eye, target, path("fov_degrees"), height, width)
    fixed = [
        np.tile(environment_columns(p.scene.environment), (p.stop - p.start, 1)) for p in parts
    ]
    times = np.concatenate([frame_times(p) for p in parts])
    env = torch.cat(
        [
            eye, cameras.rays.flatten(1), (1.0 / cameras.focal_px).unsqueeze(1),
            torch.from_numpy(times).to(device).unsqueeze(1),
            torch.from_numpy(np.concatenate(fixed)).to(device),
        ],
        dim=1,
    )  # fmt: skip
    solids = pack_solids(parts, device)
    shadow = _shadow(parts, solids, eye, target, env)
    lights = pack_lights(parts, device)
    return Batch(parts, solids, cameras, env, lights, shadow, height, width)


def _shadow(
    parts: list[Frames], solids: Solids, eye: Tensor, target: Tensor, env: Tensor
) -> ShadowMap | None:
    looks = [p.scene.environment for p in parts]
    if not any(max(e.sun_colour) > 0 and e.shadow > 0 for e in looks):
        return None
    radius = torch.cat(
        [torch.full((p.stop - p.start,), p.scene.environment.shadow_radius) for p in parts]
    ).to(eye.device)
    toward = target - eye
    distance = toward.norm(dim=-1, keepdim=True).clamp_min(1e-3)
    reach = torch.minimum(distance, 0.8 * radius.unsqueeze(-1))
    middle = eye + toward / distance * reach
    middle = middle * torch.tensor([1.0, 0.0, 1.0], device=eye.device)
    sun = env[:, ENV["sun"] : ENV["sun"] + 3]
    return shadow_map(solids, middle, sun, radius, SHADOW_SIDE)


def _particles(batch: Batch, rgb: Tensor, depth: Tensor) -> Tensor:
    if not any(part.scene.particles for part in batch.parts):
        return rgb
    out, at = [], 0
    for part in batch.parts:
        end = at + part.stop - part.start
        piece, cameras = rgb[at:end], Cameras(*(v[at:end] for v in batch.cameras))
        for field in part.scene.particles:
            piece = splat(piece, depth[at:end], field, cameras, slice(part.start, part.stop))
        out.append(piece)
        at = end
    return torch.cat(out)
