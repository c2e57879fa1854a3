"""From a packed batch of frames to linear pictures: cast, shade, smooth edges, mirror."""

from typing import NamedTuple

import torch
from torch import Tensor

from hanazora.world.rays import effects
from hanazora.world.rays.camera import Cameras, mirrored
from hanazora.world.rays.culling import perspective_table, screen_bounds
from hanazora.world.rays.edges import Subsamples, cast_subsamples, edge_pixels
from hanazora.world.rays.packing import ENV, Frames, Solids
from hanazora.world.rays.raycast import TILE, cast, list_tiles
from hanazora.world.rays.shading import GROUND, SOLID, light, surface
from hanazora.world.rays.shadows import (
    SHADOW_SIDE,
    ShadowMap,
    sun_share,
    tile_pixels,
    tiled,
    untile,
)


class Batch(NamedTuple):
    """Everything the stages of one batch of frames share."""

    parts: list[Frames]
    solids: Solids
    cameras: Cameras
    env: Tensor
    lights: Tensor | None
    shadow: ShadowMap | None
    height: int
    width: int


class Pictures(NamedTuple):
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


def trace(
    batch: Batch, cameras: Cameras, env: Tensor, size: tuple[int, int], antialias: bool
) -> Pictures:
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
        key = torch.where(
            shaded.kind == SOLID, places[0] * 16.0 + shaded.face, -1000.0 * (1 + shaded.kind)
        )
        views = [untile(v.view(count, -1), tiles_y, tiles_x) for v in (key, *shaded.rgb)]
        flags = tiled(edge_pixels(views[0], (views[1], views[2], views[3])))
        fine = cast_subsamples(flags, lists, table, xs.view(count, -1)[0], ys.view(count, -1)[0])
        if fine is not None:
            _smooth(batch, looks, env, fine, (*shaded.rgb, shaded.emission, ground))
    # a solid below the ground is hit by the ray but hidden by the ground
    rows = torch.where(shaded.kind == SOLID, places[0], len(table))
    layers = (*shaded.rgb, shaded.emission, ground, shaded.depth, rows)
    pictures = [untile(x.view(count, -1), tiles_y, tiles_x)[:, :height, :width] for x in layers]
    return Pictures(torch.stack(pictures[:3], dim=1), *pictures[3:])


def _smooth(
    batch: Batch, looks: Tensor, env: Tensor, fine: Subsamples, layers: tuple[Tensor, ...]
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
    batch: Batch,
    looks: Tensor,
    env: Tensor,
    places: tuple[Tensor, Tensor, Tensor],
    frame: Tensor,
    ends: list[int],
) -> _Shaded:
    """Shade samples (hits, xs, ys) that are sorted by frame."""
    if env.device.type != "cpu":
        return _shade(batch, looks, env, places, frame)
    pieces, start = [], 0
    for index, end in enumerate(ends):
        if end > start:
            part = (places[0][start:end], places[1][start:end], places[2][start:end])
            if end - start == 1:  # a size of 1 would make the compiler specialise
                part = (part[0].expand(2), part[1].expand(2), part[2].expand(2))
            piece = _shade(batch, looks, env, part, index)
            pieces.append(_Shaded(*(v[..., : end - start] for v in piece)))
        start = end
    return _Shaded(*(torch.cat(v, dim=-1) for v in zip(*pieces, strict=True)))


def _shade(
    batch: Batch,
    looks: Tensor,
    env: Tensor,
    places: tuple[Tensor, Tensor, Tensor],
    frames: Tensor | int,
) -> _Shaded:
    """Colour, own light and surface of samples (p,) of one frame, or of a frame per sample."""
    hits, xs, ys = places
    distance, texels, lights = None, None, batch.lights
    which: Tensor | None = None
    if isinstance(frames, int):
        env = env[frames]
        lights = None if lights is None else lights[frames]
        if batch.shadow is not None:
            distance, texels = batch.shadow.distance[frames], batch.shadow.frame[frames]
    else:
        which, env = frames, env.t()
        lights = None if lights is None else lights.permute(1, 2, 0)
        if batch.shadow is not None:
            distance, texels = batch.shadow.distance.view(-1), batch.shadow.frame.t()
    found = surface(looks.index_select(1, hits), xs, ys, env, which)
    if distance is None:
        shade = torch.ones_like(xs)
    else:
        point, normal, strength = found[3:6], found[6:9], env[ENV["shadow"]]
        shade = sun_share(point, normal, distance, texels, strength, which, SHADOW_SIDE)
    r, g, b, emission = light(found, xs, ys, shade, env, lights, which)
    return _Shaded(torch.stack([r, g, b]), emission, found[1], found[2], found[0])


def mirror(batch: Batch, pictures: Pictures, rgb: Tensor) -> Tensor:
    """Draw the world from below the ground at half size and lay it into the wet ground."""
    height, width = max(TILE, batch.height // 2), max(TILE, batch.width // 2)
    cameras, env = mirrored(batch.cameras), batch.env.clone()
    scale = torch.tensor([batch.width / width, batch.height / height, 1.0], device=env.device)
    cameras = cameras._replace(
        rays=cameras.rays * scale, focal_px=cameras.focal_px * (height / batch.height)
    )
    env[:, ENV["eye"] : ENV["eye"] + 3] = cameras.eye
    env[:, ENV["rays"] : ENV["rays"] + 9] = cameras.rays.flatten(1)
    env[:, ENV["pixel"]] = 1.0 / cameras.focal_px
    below = trace(batch, cameras, env, (height, width), antialias=False)
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
    return effects.apply_mirror(
        rgb, below.rgb, (terms[0].view(shape), terms[1].view(shape), terms[2].view(shape))
    )
