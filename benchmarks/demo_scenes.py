"""Small scenes of growing cost for render_speed.py: toys, a snowy alley, a wet neon street, a reef."""

import numpy as np

from hanazora.world.primitives import (
    CameraPath,
    Environment,
    ParticleField,
    RenderScene,
    SceneBuilder,
)

PINKS = ((0.96, 0.66, 0.78), (0.99, 0.76, 0.85), (0.93, 0.56, 0.72))


def turn(yaw: object, roll: object = 0.0) -> np.ndarray:
    """Rotation about y, after one about z; scalars or (t,)."""
    yaw, roll = np.broadcast_arrays(np.asarray(yaw, float), np.asarray(roll, float))
    zero, one = 0 * yaw, 0 * yaw + 1
    c, s, d, e = np.cos(yaw), np.sin(yaw), np.cos(roll), np.sin(roll)
    about_y = np.stack(
        [np.stack(r, -1) for r in ((c, zero, s), (zero, one, zero), (-s, zero, c))], -2
    )
    about_z = np.stack(
        [np.stack(r, -1) for r in ((d, -e, zero), (e, d, zero), (zero, zero, one))], -2
    )
    return about_y @ about_z


def camera(eye: np.ndarray, target: np.ndarray, fov: float) -> CameraPath:
    """A path with a fixed field of view."""
    return CameraPath(
        eye=eye.astype(np.float32), target=target.astype(np.float32),
        fov_degrees=np.full(len(eye), fov, np.float32),
    )  # fmt: skip


def column(*parts: object, t: np.ndarray) -> np.ndarray:
    """(t, 3) from scalars and (t,) arrays."""
    return np.stack([np.asarray(p, float) + 0 * t for p in parts], -1)


def flakes(t: np.ndarray, count: int, around: np.ndarray, shape: str, colours: tuple, size: float,
           fall: float, seed: int, **more: object) -> ParticleField:  # fmt: skip
    """Particles falling through a box that follows `around`."""
    rng = np.random.default_rng(seed)
    box = np.array([7.0, 4.0, 8.0])
    start, phase = rng.uniform(-1, 1, (count, 3)) * box, rng.uniform(0, 6.28, (count, 2))
    drift = np.stack([0.3 * np.sin(1.7 * t[:, None] + phase[:, 0]), -fall * t[:, None] + 0 * phase[:, 0],
                      0.3 * np.cos(1.3 * t[:, None] + phase[:, 1])], -1)  # fmt: skip
    where = (start + drift - around[:, None] + box) % (2 * box) - box + around[:, None]
    picked = np.asarray(colours, np.float32)[rng.integers(0, len(colours), count)]
    if shape == "petal":
        more["angles"] = (phase[:, 0] + 2 * t[:, None]).astype(np.float32)
        more["flatness"] = (0.35 + 0.65 * np.abs(np.sin(1.9 * t[:, None] + phase[:, 1]))).astype(
            np.float32
        )
    return ParticleField(
        positions=where.astype(np.float32), colours=picked, shape=shape,  # type: ignore[arg-type]
        sizes=(size * rng.uniform(0.7, 1.3, count)).astype(np.float32), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def person(b: SceneBuilder, x: object, z: object, shirt: tuple, t: np.ndarray) -> None:
    """Twelve solids that walk."""
    o, swing = b.new_object("person"), 0.5 * np.sin(5 * t)
    for side, s in ((-1, swing), (1, -swing)):
        b.add(
            "cylinder",
            column(side * 0.11 + x, 0.42, z + 0.2 * s, t=t),
            (0.09, 0.42, 0.09),
            (0.15, 0.15, 0.2),
            o,
        )
        b.add(
            "box",
            column(side * 0.11 + x, 0.05, z + 0.35 * s, t=t),
            (0.08, 0.05, 0.14),
            (0.1, 0.1, 0.1),
            o,
        )
        b.add(
            "cylinder",
            column(side * 0.29 + x, 1.08, z - 0.15 * s, t=t),
            (0.07, 0.28, 0.07),
            shirt,
            o,
        )
        b.add("ball", column(side * 0.29 + x, 0.78, z - 0.25 * s, t=t), 0.08, (0.93, 0.74, 0.6), o)
    b.add("cylinder", column(x, 1.12, z, t=t), (0.23, 0.32, 0.15), shirt, o)
    b.add("ball", column(x, 1.60, z, t=t), (0.15, 0.17, 0.15), (0.93, 0.74, 0.6), o)
    b.add(
        "ball",
        column(x, 1.66, z + 0.03, t=t),
        (0.165, 0.16, 0.16),
        (0.1, 0.08, 0.08),
        o,
        facet=True,
    )


def tree(b: SceneBuilder, x: float, z: float, h: float, rng: np.random.Generator) -> None:
    """Trunk and six low-poly balls."""
    o = b.new_object("tree")
    b.add("cylinder", (x, 0.3 * h, z), (0.12, 0.3 * h, 0.12), (0.42, 0.27, 0.16), o)
    for i in range(6):
        a, r = i * 1.05 + rng.uniform(-0.3, 0.3), 0.2 * h if i else 0.0
        half = np.array([0.2, 0.145, 0.2]) * h * rng.uniform(0.85, 1.15)
        b.add(
            "ball",
            (x + r * np.cos(a), h * (0.78 if i else 0.92), z + r * np.sin(a)),
            half,
            PINKS[i % 3],
            o,
            facet=True,
        )


def toys(num_frames: int) -> RenderScene:
    """Six solids on a checkered floor."""
    t = np.arange(num_frames) / 8
    b = SceneBuilder(t)
    rows = (
        ("box", (0.85, 0.12, 0.1), "check"), ("ball", (0.13, 0.32, 0.85), "dots"),
        ("cylinder", (0.97, 0.82, 0.18), "stripe"), ("cone", (0.16, 0.62, 0.28), "plain"),
        ("box", (0.15, 0.2, 0.6), "glyphs"), ("ball", (0.95, 0.55, 0.7), "plain"),
    )  # fmt: skip
    for i, (shape, colour, pattern) in enumerate(rows):
        o, y = b.new_object(shape), 0.45 + (np.abs(np.sin(3 * t)) if i == 1 else 0)
        b.add(
            shape,
            column(-2.6 + 1.05 * i, y, -0.6 * (i % 2), t=t),
            0.45,
            colour,
            o,  # type: ignore[arg-type]
            rotation=turn(t + i),
            pattern=pattern,
            pattern_scale=(3, 3),
            colour2=(1, 1, 1),
            facet=i == 5,
        )  # type: ignore[arg-type]
    look = Environment(
        ground="checker", ground_colour=(0.72, 0.74, 0.78), ground_colour2=(0.62, 0.65, 0.7)
    )
    return b.build(look, camera(column(0, 2.2, 5.2, t=t), column(0, 0.5, 0, t=t), 44))


def alley(num_frames: int) -> RenderScene:
    """Two walkers, 18 trees, 12 houses, petals and snow."""
    t, rng = np.arange(num_frames) / 8, np.random.default_rng(0)
    b, z = SceneBuilder(t), -1.15 * t
    person(b, -0.35, z, (0.85, 0.12, 0.1), t)
    person(b, 0.38, z, (0.13, 0.32, 0.85), t)
    for i in range(9):
        for side in (-1, 1):
            tree(b, side * 3.7, 3 - i * 3.6 + (1.8 if side > 0 else 0), rng.uniform(4.3, 5.2), rng)
    for i in range(6):
        for side in (-1, 1):
            o, h, z0 = b.new_object("house"), rng.uniform(1.6, 2.1), 2 - i * 6.2
            b.add(
                "box",
                (side * 8.3, h, z0),
                (1.9, h, 2.6),
                rng.uniform(0.6, 0.9, 3),
                o,
                pattern="windows",
                pattern_scale=(4, 3),
                colour2=(0.3, 0.36, 0.42),
            )
            b.add("box", (side * 8.3, 2 * h + 0.15, z0), (2.1, 0.15, 2.8), (0.95, 0.96, 1.0), o)
    look = Environment(
        ground="snow", ground_colour=(0.93, 0.95, 0.99), ground_colour2=(0.84, 0.89, 0.96), ground_scale=0.8,
        sun_direction=(-0.5, 0.62, 0.35), sun_colour=(0.62, 0.54, 0.44), ambient=(0.50, 0.53, 0.62),
        sky_horizon=(0.96, 0.90, 0.90), sky_zenith=(0.52, 0.68, 0.92), fog_density=0.02, fog_colour=(0.95, 0.91, 0.93),
    )  # fmt: skip
    path = camera(
        column(0.9 * np.sin(0.12 * t), 1.75, z + 4.6, t=t), column(0, 1.35, z - 3, t=t), 50
    )
    around = column(0, 3, z - 2, t=t)
    layers = (
        flakes(t, 400, around, "petal", PINKS, 0.05, 0.55, 0),
        flakes(t, 500, around, "disc", ((1, 1, 1),), 0.025, 1.0, 1),
    )
    return b.build(look, path, layers)


def neon(num_frames: int) -> RenderScene:
    """Walkers between 16 shops with signs; wet road, eight lamps, rain."""
    t, rng = np.arange(num_frames) / 8, np.random.default_rng(3)
    b, z = SceneBuilder(t), -1.2 * t
    for x, dz, shirt in (
        (-0.4, 0, (0.3, 0.1, 0.12)),
        (0.42, 0.1, (0.25, 0.32, 0.42)),
        (2.2, -3, (0.8, 0.5, 0.6)),
        (-2.4, -5, (0.4, 0.6, 0.8)),
    ):
        person(b, x, z + dz, shirt, t)
    glows = ((1, 0.16, 0.4), (0.2, 0.75, 1), (1, 0.65, 0.15), (0.65, 0.3, 1), (0.2, 0.95, 0.55))
    lamps, colours = [], []
    for i in range(8):
        for side in (-1, 1):
            zz, h = 3 - i * 5.0, rng.uniform(2.2, 4.5)
            one, two = glows[int(rng.integers(5))], glows[int(rng.integers(5))]
            o, x = b.new_object("shop"), side * 6.4
            b.add(
                "box",
                (x, h, zz),
                (2.4, h, 2.4),
                (0.14, 0.13, 0.19),
                o,
                pattern="windows",
                pattern_scale=(5, 2 * h),
                colour2=(1, 0.8, 0.5),
                emission=0.8,
            )
            b.add(
                "box",
                (x - side * 2.3, 1.25, zz),
                (0.2, 1.1, 1.9),
                (0.3, 0.2, 0.16),
                o,
                pattern="shop",
                pattern_scale=(3, 1),
                colour2=(1, 0.85, 0.6),
                emission=0.8,
            )
            b.add(
                "box",
                (x - side * 2.75, 2.55, zz),
                (0.5, 0.07, 2.1),
                one,
                o,
                emission=0.3,
                pattern="bars",
                pattern_scale=(6, 6),
            )
            b.add(
                "box",
                (x - side * 2.6, 3.1, zz),
                (0.1, 0.34, 1.6),
                one,
                o,
                pattern="glyphs",
                pattern_scale=(6, 1),
                colour2=(1, 1, 0.95),
                emission=0.85,
            )
            b.add(
                "box",
                (x - side * 2.9, 4.3, zz + 1),
                (0.4, 0.9, 0.08),
                two,
                o,
                pattern="glyphs",
                pattern_scale=(1, 3),
                colour2=(1, 1, 0.95),
                emission=0.9,
            )
            if len(lamps) < 8:
                lamps.append((x - side * 3.0, 2.4, zz))
                colours.append(one)
    look = Environment(
        ground="road", ground_colour=(0.12, 0.12, 0.15), ground_colour2=(0.16, 0.16, 0.2), verge_colour=(0.22, 0.21, 0.25), ground_scale=1.6,
        sun_colour=(0, 0, 0), ambient=(0.30, 0.27, 0.42), sky_horizon=(0.18, 0.12, 0.28), sky_zenith=(0.03, 0.03, 0.09), stars=0.6, sun_disc=0,
        fog_density=0.018, fog_colour=(0.17, 0.11, 0.27), wet=0.95, bloom=0.4, exposure=1.15,
        light_positions=np.tile(np.asarray(lamps, np.float32), (num_frames, 1, 1)), light_colours=np.asarray(colours, np.float32),
    )  # fmt: skip
    path = camera(
        column(0.8 * np.sin(0.15 * t + 0.4), 1.6, z + 4.4, t=t), column(0, 1.55, z - 4, t=t), 52
    )
    rain = flakes(
        t, 260, column(0, 3, z - 1, t=t), "streak", ((0.6, 0.65, 0.8),), 0.008, 6.0, 2, alpha=0.5
    )
    return b.build(look, path, (rain,))


def reef(num_frames: int) -> RenderScene:
    """Paper-craft fish above coral, with bubbles and light ripples."""
    t, rng = np.arange(num_frames) / 8, np.random.default_rng(1)
    b = SceneBuilder(t)
    for i in range(30):
        x, z, o = rng.uniform(-7, 7), rng.uniform(-9, 1), b.new_object("coral")
        colour = ((0.96, 0.4, 0.42), (0.98, 0.65, 0.3), (0.75, 0.35, 0.65), (0.3, 0.65, 0.5))[i % 4]
        for k in range(3):
            lean = turn(k * 2.1, 0.4)
            b.add(
                ("cone", "cylinder", "ball")[i % 3],
                (x + 0.2 * k, 0.4, z),
                (0.16, 0.6, 0.16) if i % 3 < 2 else 0.5,
                colour,
                o,
                rotation=lean,
            )  # type: ignore[arg-type]
    for i in range(9):
        o, speed = b.new_object("fish"), rng.uniform(0.5, 0.9)
        x, y, z = (
            rng.uniform(-3, 2) + speed * t,
            rng.uniform(1.2, 3.2) + 0.1 * np.sin(2 * t + i),
            rng.uniform(-3, 0.5),
        )
        b.add(
            "ball",
            column(x, y, z, t=t),
            (0.6, 0.36, 0.2),
            (0.98, 0.5, 0.16),
            o,
            pattern="bars",
            pattern_scale=(3, 3),
            colour2=(1, 0.97, 0.9),
            facet=True,
        )
        b.add(
            "cone",
            column(x - 0.75, y, z, t=t),
            (0.3, 0.3, 0.06),
            (1, 0.95, 0.9),
            o,
            rotation=turn(0.4 * np.sin(6 * t), -np.pi / 2),
        )
        b.add("ball", column(x + 0.42, y + 0.1, z + 0.14, t=t), 0.07, (0.05, 0.05, 0.05), o)
    look = Environment(
        ground="sand", ground_colour=(0.93, 0.82, 0.62), ground_colour2=(0.85, 0.72, 0.52), sun_direction=(-0.45, 0.75, 0.45), sun_colour=(0.55, 0.55, 0.5),
        ambient=(0.5, 0.58, 0.64), sky_horizon=(0.3, 0.7, 0.8), sky_zenith=(0.06, 0.34, 0.6), sun_disc=0, fog_density=0.045, fog_colour=(0.24, 0.62, 0.76),
        toon=3, paper=1, caustics=0.7,
    )  # fmt: skip
    path = camera(column(-0.8 + 0.25 * t, 2.0, 5.6, t=t), column(0, 1.7, -2, t=t), 48)
    return b.build(
        look,
        path,
        (flakes(t, 90, column(0, 2, 0, t=t), "ring", ((0.92, 1, 1),), 0.05, -0.5, 4, alpha=0.7),),
    )


SCENES = {"toys": toys, "reef": reef, "alley": alley, "neon": neon}
