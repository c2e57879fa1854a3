"""From hits to colours: where a ray ends, what the surface is like there, and how it is lit."""

from typing import NamedTuple

import torch
from torch import Tensor

from hanazora.world.primitives import MAX_LIGHTS
from hanazora.world.rays.backdrop import (
    column,
    ground_colour,
    ground_noise_places,
    of_samples,
    sky_colour,
    vector,
)
from hanazora.world.rays.compiling import Kernel
from hanazora.world.rays.noise import value_noise
from hanazora.world.rays.packing import ENV, LOOK
from hanazora.world.rays.patterns import noise_places, pattern_weights
from hanazora.world.rays.raycast import FAR, intersect
from hanazora.world.rays.vectors import Vector, choose, dot, mix, normalized, scaled

SKY, GROUND, SOLID = 0.0, 1.0, 2.0


def pixel_ray(env: Tensor, xs: Tensor, ys: Tensor) -> Vector:
    """World direction of view depth 1 through pixel positions."""
    m = [env[ENV["rays"] + i] for i in range(9)]  # row-major 3x3
    return tuple(m[3 * i] * xs + m[3 * i + 1] * ys + m[3 * i + 2] for i in range(3))  # type: ignore[return-value]


def facet_normal(n: Vector) -> Vector:
    """Centre of the triangle of a subdivided octahedron that a direction falls into."""
    size = 3.0
    scale = size / (n[0].abs() + n[1].abs() + n[2].abs()).clamp_min(1e-9)
    parts = [(v * scale).abs() for v in n]
    whole = [torch.floor(v) for v in parts]
    # three floors of a sum of 3 leave 1 in an upright triangle and 2 in an inverted one
    rest = (size - whole[0] - whole[1] - whole[2]) / 3.0
    return normalized(
        tuple(torch.sign(v) * (w + rest) for v, w in zip(n, whole, strict=True))  # type: ignore[arg-type]
    )


class _Solid(NamedTuple):
    """Unpacked attributes of the solid each ray hit first."""

    exists: Tensor
    quadric: tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
    """qr, qy, hb, qc, slab reach sideways, slab reach along y."""
    facet: Tensor
    pattern: Tensor
    emission: Tensor
    salt: Tensor


def _surface(
    found: Tensor, xs: Tensor, ys: Tensor, env: Tensor, frames: Tensor | None
) -> tuple[Tensor, ...]:
    """What each ray ends on.

    found: (LOOK columns + 3, p) attributes of the solid hit and the eye in its unit frame;
    xs, ys: (p,) pixel positions; env, frames: see `of_samples`.

    Returns depth, kind, face, position 3, normal 3, albedo 3, emission: each (p,).
    """
    env = of_samples(env, frames)
    world_ray, eye = pixel_ray(env, xs, ys), vector(env, "eye")
    rows: list[Vector] = [(found[3 * i], found[3 * i + 1], found[3 * i + 2]) for i in range(3)]
    at = LOOK[""]
    origin: Vector = (found[at], found[at + 1], found[at + 2])
    ray: Vector = (dot(rows[0], world_ray), dot(rows[1], world_ray), dot(rows[2], world_ray))
    solid = _unpack_solid(found[LOOK["code"]])
    qr, qy, hb, qc, ex, ey = solid.quadric
    c = qr * (origin[0] * origin[0] + origin[2] * origin[2]) + qc
    c = c + (qy * origin[1] + 2 * hb) * origin[1]
    near, _, enters = intersect(origin, ray, qr, qy, hb, c, ex, ey)
    depth = torch.where(solid.exists, near, FAR)
    floor = -eye[1] / torch.where(world_ray[1] < -1e-6, world_ray[1], -1e-6)
    floor = torch.where((floor > 0) & (world_ray[1] < -1e-6), floor, FAR)
    ground = floor < depth
    depth = torch.minimum(depth, floor).clamp(max=FAR)
    kind = torch.where(ground, GROUND, torch.where(depth < FAR, SOLID, SKY))
    local = _along(origin, ray, depth)
    position = _along(eye, world_ray, depth)
    inner, faces, face = _normal(local, ray, enters, solid)
    zero = torch.zeros_like(depth)
    normal = normalized(_transposed(rows, inner))
    normal = choose(ground, (zero, zero + 1.0, zero), normal)

    # footprint of a pixel in metres on a surface seen at this angle
    facing = dot(normal, world_ray).abs() * torch.rsqrt(dot(world_ray, world_ray))
    facing = facing.clamp_min(0.08)
    width = depth * column(env, "pixel")
    columns, lines = _unpack(found[LOOK["scales"]], 4096.0)
    cells = (columns * 0.0625, lines * 0.0625)  # eighths, and the unit frame is 2 wide
    u, v, w, wu, wv = _pattern_place(local, faces, rows, width * torch.rsqrt(facing), cells)
    # noise is dear, so ground and solids share two lookups
    on_floor = ground_noise_places(env, position[0], position[2])
    noises = [
        value_noise(torch.where(ground, a[0], b[0]), torch.where(ground, a[1], b[1]))
        for a, b in zip(on_floor, noise_places(u, v, solid.salt), strict=True)
    ]
    pair = (noises[0], noises[1])
    height = local[1] * 0.5 + 0.5
    weight, glow = pattern_weights(solid.pattern, (u, v, w), (wu, wv), solid.salt, height, pair)
    colour = mix(_colour(found[LOOK["colour"]]), _colour(found[LOOK["colour2"]]), weight)
    floor_colour = ground_colour(env, position[0], position[2], width / facing, pair)
    colour = choose(ground, floor_colour, colour)
    emission = torch.where(kind == SOLID, solid.emission * glow, zero)
    return (depth, kind, face, *position, *normal, *colour, emission)


def _along(start: Vector, ray: Vector, distance: Tensor) -> Vector:
    return (
        start[0] + ray[0] * distance, start[1] + ray[1] * distance, start[2] + ray[2] * distance,
    )  # fmt: skip


def _transposed(rows: list[Vector], a: Vector) -> Vector:
    """The vector times the transposed matrix, as normals are turned into the world."""
    x, y, z = (a[0] * rows[0][j] + a[1] * rows[1][j] + a[2] * rows[2][j] for j in range(3))
    return x, y, z


def _unpack_solid(code: Tensor) -> _Solid:
    exists = code >= 0
    code, shape = _unpack(code, 4.0)
    code, facet = _unpack(code, 2.0)
    code, pattern = _unpack(code, 16.0)
    salt, emission = _unpack(code, 256.0)
    # the rows of packing.SHAPE_ROWS: box 0, ball 1, cylinder 2, cone 3
    ball, cone, curved = shape == 1.0, shape == 3.0, shape > 0.0
    qr = torch.where(curved, 1.0, 0.0)
    qy = torch.where(ball, 1.0, torch.where(cone, -0.25, 0.0))
    hb, qc = torch.where(cone, 0.25, 0.0), torch.where(cone, -0.25, -1.0)
    ex, ey = torch.where(curved, 1.01, 1.0), torch.where(ball, 1.01, 1.0)
    return _Solid(exists, (qr, qy, hb, qc, ex, ey), facet, pattern, emission * (1.0 / 255.0), salt)


def _normal(
    local: Vector, ray: Vector, enters: tuple[Tensor, Tensor, Tensor, Tensor], solid: _Solid
) -> tuple[Vector, tuple[Tensor, Tensor, Tensor], Tensor]:
    """Normal in the unit frame, masks (x face, y face, curved), and a number per face."""
    curved = enters[3] >= torch.maximum(torch.maximum(enters[0], enters[1]), enters[2])
    face_x = ~curved & (enters[0] >= torch.maximum(enters[1], enters[2]))
    face_y = ~curved & ~face_x & (enters[1] >= enters[2])
    face_z = ~curved & ~face_x & ~face_y
    zero = torch.zeros_like(local[0])
    flat: Vector = (
        torch.where(face_x, -torch.sign(ray[0]), zero),
        torch.where(face_y, -torch.sign(ray[1]), zero),
        torch.where(face_z, -torch.sign(ray[2]), zero),
    )
    qr, qy, hb = solid.quadric[:3]
    bent = normalized((qr * local[0], qy * local[1] + hb, qr * local[2]))
    bent = choose(solid.facet > 0, facet_normal(bent), bent)
    side = torch.where(face_x, 0.0, torch.where(face_y, 1.0, 2.0)) + 4.0 * (
        flat[0] + flat[1] + flat[2]
    )
    face = torch.where(curved, 3.0, side)
    return choose(curved, bent, flat), (face_x, face_y, curved), face


def _unpack(code: Tensor, size: float) -> tuple[Tensor, Tensor]:
    """The rest and the lowest number below `size` of a packed float."""
    rest = torch.floor(code * (1.0 / size))
    return rest, code - rest * size


def _colour(packed: Tensor) -> Vector:
    rest, blue = _unpack(packed, 256.0)
    red, green = _unpack(rest, 256.0)
    return red * (1 / 255.0), green * (1 / 255.0), blue * (1 / 255.0)


def _pattern_place(
    local: Vector,
    faces: tuple[Tensor, Tensor, Tensor],
    rows: list[Vector],
    width: Tensor,
    cells: tuple[Tensor, Tensor],
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Pattern coordinates across, up, in depth, and a pixel's footprint across and up, in cells."""
    face_x, face_y, curved = faces
    stretch = [torch.sqrt(dot(row, row)) for row in rows]  # unit frames per metre
    u = (torch.where(face_x, local[2], local[0]) + 1.0) * cells[0]
    v = (torch.where(face_y, local[2], local[1]) + 1.0) * cells[1]
    w = torch.where(curved, (local[2] + 1.0) * cells[0], 0.25)
    wu = (width * torch.where(face_x, stretch[2], stretch[0]) * cells[0]).clamp_min(1e-3)
    wv = (width * torch.where(face_y, stretch[2], stretch[1]) * cells[1]).clamp_min(1e-3)
    return u, v, w, wu, wv


def _light(
    surface: tuple[Tensor, ...], xs: Tensor, ys: Tensor, shade: Tensor, env: Tensor,
    lights: Tensor | None, frames: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """Lit colour of each surface point in fog, or the sky; and its own light for bloom.

    shade: (p,), share of the sun that arrives; lights: (lights, 6) or (lights, 6, f).
    """
    env = of_samples(env, frames)
    depth, kind, _, px, py, pz, nx, ny, nz, *albedo, emission = surface
    position, normal = (px, py, pz), (nx, ny, nz)
    base: Vector = (albedo[0], albedo[1], albedo[2])
    ray = pixel_ray(env, xs, ys)
    length = torch.sqrt(dot(ray, ray))
    ray = scaled(ray, 1.0 / length)
    direct = dot(normal, vector(env, "sun")).clamp_min(0) * shade
    bands = column(env, "toon")
    steps = bands.clamp_min(1.0)
    stepped = (torch.floor(direct * steps) + _smooth_step(direct * steps)) / steps
    direct = torch.where(bands > 0, stepped, direct)
    direct = direct + _caustics(env, position, normal)
    ground = kind == GROUND
    # a little dark near the ground stands in for light that cannot get there
    open_sky = torch.where(ground, 1.0, 0.80 + 0.20 * (py * 1.6).clamp(0, 1))
    open_sky = open_sky * (0.80 + 0.20 * ny)
    edge = (1 - dot(normal, ray).abs()).clamp(0, 1)
    rim = torch.where(ground, 0.0, edge * edge * edge * 0.16)
    sun, ambient = vector(env, "sun_colour"), vector(env, "ambient")
    bounce, zenith = vector(env, "ground"), vector(env, "horizon")
    under = (0.5 - 0.5 * ny) * 0.22
    glow: list[Tensor] = [torch.zeros_like(depth) for _ in range(3)]
    if lights is not None:
        glow = _point_lights(position, normal, of_samples(lights, frames))
    fog = 1 - torch.exp(-depth * length * column(env, "fog_density"))
    fog = fog * (1 - 0.45 * emission.clamp(0, 1))
    far = (depth * length * (1.0 / 140.0)).clamp(0, 3)
    fog = torch.maximum(fog, 1 - torch.exp(-far * far))
    horizon = mix(vector(env, "horizon"), vector(env, "fog"),
                  1 - torch.exp(-column(env, "fog_density") * 100))  # fmt: skip
    sky = sky_colour(env, ray)
    out = []
    for c in range(3):
        light = ambient[c] * (open_sky + under * bounce[c]) + sun[c] * direct + glow[c]
        lit = base[c] * (light * (1 - 0.5 * emission) + emission) + rim * zenith[c] * ambient[c]
        lit = lit + (horizon[c] - lit) * fog
        out.append(torch.where(kind == SKY, sky[c], lit))
    return out[0], out[1], out[2], torch.where(kind == SKY, 0.0, emission * (1 - fog))


def _smooth_step(x: Tensor) -> Tensor:
    """Fraction of x within its band, with a short soft ramp instead of a hard step."""
    ramp = ((x - torch.floor(x) - 0.5) * 10.0 + 0.5).clamp(0, 1)
    return ramp


def _caustics(env: Tensor, position: Vector, normal: Vector) -> Tensor:
    x, y, z = position
    time = column(env, "time")
    u, v = x + y * 0.4, z - y * 0.3
    a = value_noise(u * 1.4 + time * 0.5, v * 1.4 - time * 0.3)
    b = value_noise(u * 1.9 - time * 0.4 + 11.0, v * 1.9 + time * 0.35)
    web = (1 - ((a - b).abs() * 5.0)).clamp(0, 1)
    return web * web * normal[1].clamp(0, 1) * column(env, "caustics") * 0.7


def _point_lights(position: Vector, normal: Vector, lights: Tensor) -> list[Tensor]:
    """Diffuse light of the frame's lamps; lights: (lights, 6, ...)."""
    glow = [torch.zeros_like(position[0]) for _ in range(3)]
    for index in range(MAX_LIGHTS):
        lamp = [lights[index, i] for i in range(6)]
        to = (lamp[0] - position[0], lamp[1] - position[1], lamp[2] - position[2])
        square = dot(to, to)
        # wrapped cosine: a neon tube is wide, so a wall beside it is lit as well
        cosine = dot(to, normal) * torch.rsqrt(square.clamp_min(0.01)) * 0.75 + 0.25
        strength = cosine.clamp_min(0) / (1 + square * 0.35)
        glow = [g + strength * c for g, c in zip(glow, lamp[3:], strict=True)]
    return glow


surface = Kernel(_surface)
light = Kernel(_light)
