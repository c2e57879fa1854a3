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
from hanazora.world.rays.raycast import FAR, TILE, TileLists, cast, list_tiles
from hanazora.world.rays.shading import GROUND, SOLID, light, surface
from hanazora.world.rays.shadows import ShadowMap, shadow_map, sun_share, tile_pixels, untile

# rotated grid: four samples with four different x and y
_SUBSAMPLES = ((-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375))
_GROUP = TILE * TILE // len(_SUBSAMPLES)
_CONTRAST = 0.025
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
    """Cut clips into batches of up to `size` frames."""
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
    count = len(env)
    device = env.device
    bounds = screen_bounds(batch.solids, cameras, height, width)
    lists = list_tiles(bounds, batch.solids.visible, tiles_y, tiles_x)
    table = perspective_table(batch.solids, cameras)
    geometry = torch.cat([table, torch.zeros(1, 18, device=device)]).t().contiguous()
    xs, ys = tile_pixels(tiles_y, tiles_x, count, device)
    hits = cast(lists, table, torch.arange(count * tiles_y * tiles_x, device=device), xs, ys)
    hits, xs, ys = (x.view(count, -1) for x in (hits, xs, ys))
    rgb, emission, found = _shade(batch, geometry, env, hits, xs, ys)
    ground = (found[1] == GROUND).to(torch.float32)
    if antialias:
        key = torch.where(found[1] == SOLID, hits * 16.0 + found[2], -1000.0 * (1 + found[1]))
        flags = _edges(untile(key, tiles_y, tiles_x), [untile(c, tiles_y, tiles_x) for c in rgb])
        flags = _tiled(flags, tiles_y, tiles_x)
        _smooth_edges(batch, (lists, table, geometry, env), flags, (xs, ys), (*rgb, emission, ground))
    pictures = [untile(x, tiles_y, tiles_x)[:, :height, :width] for x in
                (*rgb, emission, ground, found[0], hits)]  # fmt: skip
    return _Pictures(torch.stack(pictures[:3], dim=1), *pictures[3:])


def _shade(
    batch: _Batch, geometry: Tensor, env: Tensor, hits: Tensor, xs: Tensor, ys: Tensor
) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor, tuple[Tensor, ...]]:
    found = surface(hits, xs, ys, geometry, batch.solids.look, env)
    if batch.shadow is None:
        shade = torch.ones_like(xs)
    else:
        strength = env[:, ENV["shadow"] : ENV["shadow"] + 1]
        shade = sun_share(*found[3:9], batch.shadow.distance, batch.shadow.frame, strength, _SHADOW_SIDE)
    r, g, b, emission = light(found, xs, ys, shade, env, batch.lights)
    return (r, g, b), emission, found


def _tiled(pictures: Tensor, tiles_y: int, tiles_x: int) -> Tensor:
    """Pictures (f, h, w) to tile order (f, tiles * 64)."""
    shape = (len(pictures), tiles_y, TILE, tiles_x, TILE)
    return pictures.view(shape).transpose(2, 3).reshape(len(pictures), -1)


def _edges(key: Tensor, colours: list[Tensor]) -> Tensor:
    """Pixels on either side of a border between surfaces of visibly different colour."""
    flags = torch.zeros_like(key, dtype=torch.bool)
    for axis in (1, 2):
        count = key.shape[axis] - 1
        differs = key.narrow(axis, 1, count) != key.narrow(axis, 0, count)
        contrast = torch.zeros_like(key.narrow(axis, 0, count))
        for c in colours:
            step = (c.narrow(axis, 1, count) - c.narrow(axis, 0, count)).abs()
            contrast = torch.maximum(contrast, step)
        differs &= contrast > _CONTRAST
        flags.narrow(axis, 0, count).logical_or_(differs)
        flags.narrow(axis, 1, count).logical_or_(differs)
    return flags


def _smooth_edges(
    batch: _Batch,
    scene: tuple[TileLists, Tensor, Tensor, Tensor],
    flags: Tensor,
    places: tuple[Tensor, Tensor],
    layers: tuple[Tensor, ...],
) -> None:
    """Replace flagged pixels of the layers (in tile order) by the mean of four subsamples."""
    lists, table, geometry, env = scene
    frame, pixel = flags.nonzero(as_tuple=True)
    if len(frame) == 0:
        return
    device, samples = env.device, len(_SUBSAMPLES)
    offsets = torch.tensor(_SUBSAMPLES, device=device)
    x = places[0][frame, pixel].unsqueeze(1) + offsets[:, 0]
    y = places[1][frame, pixel].unsqueeze(1) + offsets[:, 1]
    tile = frame * (flags.shape[1] // (TILE * TILE)) + pixel // (TILE * TILE)
    per_tile = torch.bincount(tile, minlength=len(lists.counts))
    groups = (per_tile + _GROUP - 1) // _GROUP
    rank = torch.arange(len(tile), device=device) - (per_tile.cumsum(0) - per_tile)[tile]
    group = (groups.cumsum(0) - groups)[tile] + rank // _GROUP
    slot = group * _GROUP + rank % _GROUP
    owners = torch.repeat_interleave(torch.arange(len(groups), device=device), groups)
    shape = (len(owners) * _GROUP, samples)
    xs, ys = torch.zeros(shape, device=device), torch.zeros(shape, device=device)
    xs[slot], ys[slot] = x, y
    hits = cast(lists, table, owners, xs.view(-1, TILE * TILE), ys.view(-1, TILE * TILE))
    hits = hits.view(shape)[slot]
    # one row of samples per frame, padded to the busiest frame
    per_frame = torch.bincount(frame, minlength=len(env))
    column = torch.arange(len(frame), device=device) - (per_frame.cumsum(0) - per_frame)[frame]
    padded = (len(env), max(2, int(per_frame.max())), samples)
    grid_x, grid_y = torch.zeros(padded, device=device), torch.zeros(padded, device=device)
    grid_hits = torch.full(padded, table.shape[0], device=device, dtype=hits.dtype)
    grid_x[frame, column], grid_y[frame, column], grid_hits[frame, column] = x, y, hits
    flat = [v.view(len(env), -1) for v in (grid_hits, grid_x, grid_y)]
    rgb, emission, found = _shade(batch, geometry, env, *flat)
    fresh = (*rgb, emission, (found[1] == GROUND).to(torch.float32))
    for layer, value in zip(layers, fresh, strict=True):
        layer[frame, pixel] = value.clamp(max=1.6).view(padded)[frame, column].mean(-1)


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
