"""From scenes to tensors: solids of a batch of frames as tables, the environment as columns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from hanazora.world.primitives import GROUND_MODES, MAX_LIGHTS, Environment, RenderScene

# quadric qr (x^2 + z^2) + qy y^2 + 2 hb y + qc of each shape, and how far its slabs reach; a slab
# that only bounds a curved side reaches a little further so that it never wins against the curve
SHAPE_ROWS = torch.tensor(
    [
        [0.0, 0.0, 0.0, -1.0, 1.0, 1.0],  # box
        [1.0, 1.0, 0.0, -1.0, 1.01, 1.01],  # ball
        [1.0, 0.0, 0.0, -1.0, 1.01, 1.0],  # cylinder
        [1.0, -0.25, 0.25, -0.25, 1.01, 1.0],  # cone, tip at y = 1
    ]
)

# looking a number up per sample costs more than unpacking it, so whole numbers share a float:
# colour = r, g, b in 8 bits each; scales = columns and rows in eighths, 12 bits each;
# code = shape 2 bits, facet 1, pattern 4, emission 8, object 8; "nothing" is a box with code -1
LOOK_COLUMNS = ("to_local", 9, "colour", 1, "colour2", 1, "scales", 1, "code", 1)
ENVIRONMENT_COLUMNS = (
    "eye", 3, "rays", 9, "pixel", 1, "time", 1, "mode", 1, "ground", 3, "ground2", 3, "verge", 3,
    "line", 3, "road_centre", 1, "road_half", 1, "road_x", 1, "ground_scale", 1, "horizon", 3,
    "zenith", 3, "stars", 1, "clouds", 1, "sun", 3, "sun_colour", 3, "sun_disc", 1, "ambient", 3,
    "shadow", 1, "fog_density", 1, "fog", 3, "toon", 1, "wet", 1, "caustics", 1,
)  # fmt: skip


def _offsets(columns: tuple[str | int, ...]) -> dict[str, int]:
    offsets, at = {}, 0
    for name, width in zip(columns[::2], columns[1::2], strict=True):
        offsets[str(name)] = at
        at += int(width)
    return offsets | {"": at}


LOOK = _offsets(LOOK_COLUMNS)
ENV = _offsets(ENVIRONMENT_COLUMNS)


class Solids(NamedTuple):
    """Solids of a batch of f frames with up to n solids each."""

    centres: Float[Tensor, "f n 3"]
    axes: Float[Tensor, "f n 3 3"]
    """Row i is half axis i in the world."""
    to_local: Float[Tensor, "f n 3 3"]
    """World offset from the centre to the solid's unit frame."""
    quadrics: Float[Tensor, "f n 6"]
    """qr, qy, hb, qc, slab reach sideways, slab reach along y."""
    shapes: Int[Tensor, "f n"]
    visible: Bool[Tensor, "f n"]
    look: Float[Tensor, "columns rows"]
    """Attributes by LOOK columns; row f * n + i, and one spare row at the end for "nothing"."""
    object_ids: Int[Tensor, " rows"]
    """Object of each row, -1 for the spare row."""


class Frames(NamedTuple):
    """Which frames of which scenes make up a batch."""

    scene: RenderScene
    start: int
    stop: int


def pack_solids(batch: Sequence[Frames], device: torch.device) -> Solids:
    """Tables of all solids in the frames of a batch."""
    widest = max(max(frames.scene.primitives.shapes.size for frames in batch), 1)
    parts = [_frames_of(frames, widest) for frames in batch]
    whole = {
        k: torch.from_numpy(np.concatenate([p[k] for p in parts])).to(device) for k in parts[0]
    }
    axes = whole["rotations"].transpose(-1, -2) * whole["half_sizes"].unsqueeze(-1)
    to_local = whole["rotations"].transpose(-1, -2) / whole["half_sizes"].unsqueeze(-1)
    quadrics = SHAPE_ROWS.to(device)[whole["shapes"]]
    scales = (whole["pattern_scales"] * 8.0).round().clamp(1, 4095)
    code = whole["shapes"] + 4 * whole["facets"] + 8 * whole["patterns"]
    code = code + 128 * (whole["emissions"] * 255.0).round().clamp(0, 255)
    code = code + (128 * 256) * (whole["object_ids"] % 256)
    numbers = [_rgb24(whole["colours"]), _rgb24(whole["colours2"])]
    numbers += [scales[..., 0] * 4096 + scales[..., 1], code]
    look = torch.cat([to_local.flatten(2), torch.stack(numbers, dim=-1)], dim=-1)
    spare = torch.zeros(1, look.shape[-1], device=device)
    spare[0, LOOK["code"]] = -1.0
    planar = torch.cat([look.flatten(0, 1), spare]).t().contiguous()
    ids = torch.cat([whole["object_ids"].flatten(), torch.full((1,), -1, device=device)])
    return Solids(
        whole["centres"], axes, to_local, quadrics, whole["shapes"], whole["visible"], planar, ids
    )


def _rgb24(colours: Tensor) -> Tensor:
    steps = (colours * 255.0).round().clamp(0, 255)
    return steps[..., 0] * 65536.0 + steps[..., 1] * 256.0 + steps[..., 2]


def _frames_of(frames: Frames, widest: int) -> dict[str, np.ndarray]:
    solids, part = frames.scene.primitives, slice(frames.start, frames.stop)
    count, missing = frames.stop - frames.start, widest - solids.shapes.size
    out: dict[str, np.ndarray] = {}
    for name in (
        "centres",
        "half_sizes",
        "rotations",
        "colours",
        "colours2",
        "emissions",
        "visible",
    ):
        value = getattr(solids, name)[part]
        pad = [(0, 0), (0, missing)] + [(0, 0)] * (value.ndim - 2)
        out[name] = np.pad(value, pad, constant_values=1 if name == "half_sizes" else 0)
    for name in ("shapes", "patterns", "pattern_scales", "facets", "object_ids"):
        value = getattr(solids, name)
        value = np.pad(value, [(0, missing)] + [(0, 0)] * (value.ndim - 1))
        out[name] = np.broadcast_to(value, (count, *value.shape))
    return out


def environment_columns(environment: Environment) -> np.ndarray:
    """The part of an environment row that is the same in every frame."""
    e = environment
    sun = np.asarray(e.sun_direction, np.float32)
    sun = sun / max(float(np.linalg.norm(sun)), 1e-6)
    values: list[float] = [float(GROUND_MODES.index(e.ground))]
    values += [*e.ground_colour, *e.ground_colour2, *e.verge_colour, *e.line_colour]
    values += [e.road_centre, e.road_half_width, float(e.road_along_x), e.ground_scale]
    values += [*e.sky_horizon, *e.sky_zenith, e.stars, e.clouds, *sun, *e.sun_colour, e.sun_disc]
    values += [*e.ambient, e.shadow, e.fog_density, *e.fog_colour, e.toon, e.wet, e.caustics]
    return np.asarray(values, np.float32)


def frame_times(frames: Frames) -> np.ndarray:
    """Time in seconds of each frame of a part of a clip."""
    times = frames.scene.times_s
    if len(times) == 0:
        times = np.arange(frames.scene.num_frames, dtype=np.float32) / 8
    return np.asarray(times[frames.start : frames.stop], np.float32)


def pack_lights(
    batch: Sequence[Frames], device: torch.device
) -> Float[Tensor, "f lights 6"] | None:
    """Point lights of each frame (position, colour), unused ones black; None without any."""
    if all(frames.scene.environment.light_positions is None for frames in batch):
        return None
    rows = []
    for frames in batch:
        environment, count = frames.scene.environment, frames.stop - frames.start
        row = np.zeros((count, MAX_LIGHTS, 6), np.float32)
        if environment.light_positions is not None and environment.light_colours is not None:
            used = min(MAX_LIGHTS, environment.light_positions.shape[1])
            row[:, :used, :3] = environment.light_positions[frames.start : frames.stop, :used]
            row[:, :used, 3:] = environment.light_colours[:used]
        rows.append(row)
    return torch.from_numpy(np.concatenate(rows)).to(device)
