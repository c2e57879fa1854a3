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
from hanazora.world.rays.camera import Cameras, build_cameras, mirrored
from hanazora.world.rays.compiling import can_compile, kernels
from hanazora.world.rays.culling import perspective_table, screen_bounds
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
from hanazora.world.rays.edges import Subsamples, cast_subsamples, edge_pixels
from hanazora.world.rays.raycast import TILE, cast, list_tiles
from hanazora.world.rays.shading import GROUND, SOLID, light, surface
from hanazora.world.rays.shadows import ShadowMap, shadow_map, sun_share, tile_pixels, tiled, untile

_SHADOW_SIDE = 256


class RenderedClip(NamedTuple):
    """A drawn clip with exact ground truth."""

    frames: UInt8[Tensor, "t h w 3"]
    """RGB pictures."""
    object_ids: Int16[Tensor, "t h w"]
    """Object seen in each pixel's centre; -1 is ground or sky."""
    depth: Float[Tensor, "t h w"]
    """Metres along the view axis; the sky is at FAR (1000)."""


class _Pictures(NamedTuple):
    """Linear pictures of a batch."""

    rgb: Tensor  # (f, 3, h, w)
    emission: Tensor  # (f, h, w)
    ground: Tensor  # (f, h, w) coverage
    depth: Tensor  # (f, h, w)
    rows: Tensor  # (f, h, w) table rows


class _Shaded(NamedTuple):
    """Shaded samples, each (p,)."""

    rgb: Tensor  # (3, p)
    emission: Tensor
    kind: Tensor
    face: Tensor
    depth: Tensor


class _Batch(NamedTuple):
    """Everything the stages of one batch of frames share."""

    parts: list[Frames]
    solids: Solids
    cameras: Cameras
    env: Tensor
    lights: Tensor | None
    shadow: ShadowMap | None
    height: int
    width: int


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


def _batches(
    scenes: Sequence[RenderScene], size: int
) -> Iterator[tuple[list[int], list[Frames]]]:
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
    batch = _prepare(parts, height, width, device)
    pictures = _trace(batch, batch.cameras, batch.env, (height, width), antialias)
    rgb, ids = pictures.rgb, batch.solids.object_ids[pictures.rows.to(torch.int64)]
    setting = [part.scene.environment for part in parts for _ in range(part.start, part.stop)]

    def knob(name: str) -> Tensor:
        return torch.tensor([getattr(e, name) for e in setting], device=device, dtype=torch.float32)

    if any(e.wet > 0 for e in setting):
        rgb = _mirror(batch, pictures, rgb)
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


def _prepare(parts: list[Frames], height: int, width: int, device: torch.device) -> _Batch:
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
    return _Batch(parts, solids, cameras, env, lights, shadow, height, width)


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
    return shadow_map(solids, middle, sun, radius, _SHADOW_SIDE)


def _trace(
    batch: _Batch, cameras: Cameras, env: Tensor, size: tuple[int, int], antialias: bool
) -> _Pictures:
    """Cast and shade one ray per pixel of pictures of the given size, more on edges."""
    height, width = size
    tiles_y, tiles_x = -(-height // TILE), -(-width // TILE)
    count, device = len(env), env.device
    bounds = screen_bounds(batch.solids, cameras, height, width)
    lists = list_tiles(bounds, batch.solids.visible, tiles_y, tiles_x)
    table = perspective_table(batch.solids, cameras)
    origins = torch.cat([table[:, 9:12], torch.zeros(1, 3, device=device)]).t()
    looks = torch.cat([batch.solids.look, origins])
    xs, ys = tile_pixels(tiles_y, tiles_x, count, device)
    hits = cast(lists, table, torch.arange(len(xs), device=device), xs, ys)
    samples = hits.numel() // count
    frame = torch.arange(count, device=device).repeat_interleave(samples)
    ends = [samples * (index + 1) for index in range(count)]
    places = (hits.view(-1), xs.view(-1), ys.view(-1))
    shaded = _shade_all(batch, looks, env, places, frame, ends)
    ground = (shaded.kind == GROUND).to(torch.float32)
    if antialias:
        key = torch.where(shaded.kind == SOLID, places[0] * 16.0 + shaded.face, -1000.0 * (1 + shaded.kind))
        views = [untile(v.view(count, -1), tiles_y, tiles_x) for v in (key, *shaded.rgb)]
        flags = tiled(edge_pixels(views[0], (views[1], views[2], views[3])))
        fine = cast_subsamples(flags, lists, table, xs.view(count, -1)[0], ys.view(count, -1)[0])
        if fine is not None:
            _smooth(batch, looks, env, fine, (*shaded.rgb, shaded.emission, ground))
    pictures = [untile(x.view(count, -1), tiles_y, tiles_x)[:, :height, :width] for x in
                (*shaded.rgb, shaded.emission, ground, shaded.depth, places[0])]  # fmt: skip
    return _Pictures(torch.stack(pictures[:3], dim=1), *pictures[3:])


def _smooth(
    batch: _Batch, looks: Tensor, env: Tensor, fine: Subsamples, layers: tuple[Tensor, ...]
) -> None:
    """Replace edge pixels of the layers (each (frames * samples,)) by the mean of their samples."""
    count = len(env)
    per_frame = torch.bincount(fine.frame, minlength=count) * fine.hits.shape[1]
    ends = per_frame.cumsum(0).tolist()
    frame = fine.frame.repeat_interleave(fine.hits.shape[1])
    places = (fine.hits.view(-1), fine.xs.view(-1), fine.ys.view(-1))
    fresh = _shade_all(batch, looks, env, places, frame, ends)
    values = (*fresh.rgb, fresh.emission, (fresh.kind == GROUND).to(torch.float32))
    at = fine.frame * (len(layers[0]) // count) + fine.pixel
    for layer, value in zip(layers, values, strict=True):
        layer[at] = value.clamp(max=1.6).view(fine.hits.shape).mean(-1)


def _shade_all(
    batch: _Batch,
    looks: Tensor,
    env: Tensor,
    places: tuple[Tensor, Tensor, Tensor],
    frame: Tensor,
    ends: list[int],
) -> _Shaded:
    """Shade samples (hits, xs, ys) that are sorted by frame."""
    if env.device.type != "cpu":
        return _shade(batch, looks, env, *places, frame)
    pieces, start = [], 0
    for index, end in enumerate(ends):
        if end > start:
            part = [v[start:end] for v in places]
            if end - start == 1:  # a size of 1 would make the compiler specialise
                part = [v.expand(2) for v in part]
            piece = _shade(batch, looks, env, *part, index)
            pieces.append(_Shaded(*(v[..., : end - start] for v in piece)))
        start = end
    return _Shaded(*(torch.cat(v, dim=-1) for v in zip(*pieces, strict=True)))


def _shade(
    batch: _Batch, looks: Tensor, env: Tensor, hits: Tensor, xs: Tensor, ys: Tensor, frames: Tensor | int,
) -> _Shaded:
    """Colour, own light and surface of samples, each (p,); `frames` may be one number."""
    lone = isinstance(frames, int)
    env = env[frames] if lone else env.t()
    which = None if lone else frames
    found = surface(looks.index_select(1, hits), xs, ys, env, which)
    if batch.shadow is None:
        shade = torch.ones_like(xs)
    else:
        distance, frame = batch.shadow
        distance, frame = (distance[frames], frame[frames]) if lone else (distance.view(-1), frame.t())
        shade = sun_share(*found[3:9], distance, frame, env[ENV["shadow"]], which, _SHADOW_SIDE)
    lights = batch.lights
    if lights is not None:
        lights = lights[frames] if lone else lights.permute(1, 2, 0)
    r, g, b, emission = light(found, xs, ys, shade, env, lights, which)
    return _Shaded(torch.stack([r, g, b]), emission, found[1], found[2], found[0])


def _mirror(batch: _Batch, pictures: _Pictures, rgb: Tensor) -> Tensor:
    """Draw the world from below the ground at half size and lay it into the wet ground."""
    height, width = max(TILE, batch.height // 2), max(TILE, batch.width // 2)
    cameras, env = mirrored(batch.cameras), batch.env.clone()
    scale = torch.tensor([batch.width / width, batch.height / height, 1.0], device=env.device)
    cameras = cameras._replace(
        rays=cameras.rays * scale, focal_px=cameras.focal_px * (height / batch.height)
    )
    env[:, ENV["eye"] : ENV["eye"] + 3] = cameras.eye
    env[:, ENV["rays"] : ENV["rays"] + 9] = cameras.rays.flatten(1)
    below = _trace(batch, cameras, env, (height, width), antialias=False)
    device = rgb.device
    y, x = torch.meshgrid(
        torch.arange(batch.height, device=device) + 0.5,
        torch.arange(batch.width, device=device) + 0.5,
        indexing="ij",
    )
    count = len(env)
    xs, ys = (v.reshape(1, -1).expand(count, -1) for v in (x, y))
    terms = effects.mirror_terms(
        batch.cameras.rays, batch.cameras.eye, pictures.ground.reshape(count, -1),
        pictures.depth.reshape(count, -1), xs, ys,
        env[:, ENV["wet"] : ENV["wet"] + 1], env[:, ENV["time"] : ENV["time"] + 1],
    )  # fmt: skip
    shape = pictures.depth.shape
    return effects.apply_mirror(rgb, below.rgb, tuple(v.view(shape) for v in terms))


def _particles(batch: _Batch, rgb: Tensor, depth: Tensor) -> Tensor:
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
