"""What is measured of a video: its look in some seconds, its subject, its motion, its repeats."""

from typing import NamedTuple

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from hanazora.evals.drift.colour import Lab, delta_e, to_lab
from hanazora.evals.scene_reader import (
    GRID,
    ReaderInput,
    SceneReader,
    look_times,
    shrink,
)
from hanazora.world.vocabulary import COLOURS, KINDS

EDGE_S = 5.0
"""Seconds at the beginning that are held against as many at the end."""
MOTION_S = 10.0
"""Seconds at each end over which motion is compared."""
SHORTEST_LOOP_S = 2.0
"""A repeat sooner than this is a step or a wave, not a loop."""
FLOOR_MOTION = 0.05
"""Grey levels of 255 below which nothing moves."""

_SMALL = (24, 40)
_GREY = (0.299, 0.587, 0.114)

Frames = UInt8[Tensor, "t h w 3"]


class Look(NamedTuple):
    """How some seconds look."""

    colour: Lab
    """Mean of all pixels."""
    contrast: float
    """Deviation of grey inside a frame, of 255."""
    sharpness: float
    """Mean difference of grey between neighbouring pixels, of 255."""


class Subject(NamedTuple):
    """The named thing as the scene reader finds it."""

    sureness: float
    """How sure the reader is that such a thing is there, 0 to 1."""
    colour: Lab
    """Mean of the pixels where it is."""
    name: str
    """The colour word that the reader gives it."""


class Drift(NamedTuple):
    """One video: the last seconds against the first."""

    subject_colour: float | None
    """CIEDE2000 between the subject's colours; none where it was not seen at both ends."""
    subject_kept: bool | None
    """Whether it is seen at the end in the same colour word; none where it was not seen at all."""
    picture_colour: float
    """CIEDE2000 between the mean colours of the picture."""
    contrast: float
    """Ratio, last to first."""
    sharpness: float
    """Ratio, last to first."""
    motion: float
    """Ratio of the mean steps between frames, last to first."""
    repeat: float
    """How near the video comes to an earlier self: 0 repeats exactly, about 1 does not."""


def measure_drift(frames: Frames, fps: float, kind: str, reader: SceneReader) -> Drift:
    """Hold the end of a video against its beginning.

    Args:
        frames: the whole video, at least two frames.
        fps: frames per second.
        kind: kind of the thing that the sentence names, of `vocabulary.KINDS`.
        reader: finds it.
    """
    edge = min(round(EDGE_S * fps), len(frames) // 2)
    ends = frames[:edge], frames[-edge:]
    first, last = (look_at(part) for part in ends)
    seen, again = (find_subject(part, kind, reader) for part in ends)
    span = max(min(round(MOTION_S * fps), len(frames) // 2), 2)
    steps = [max(mean_step(part), FLOOR_MOTION) for part in (frames[:span], frames[-span:])]
    return Drift(
        subject_colour=delta_e(seen.colour, again.colour) if seen and again else None,
        subject_kept=None if seen is None else again is not None and seen.name == again.name,
        picture_colour=delta_e(first.colour, last.colour),
        contrast=last.contrast / max(first.contrast, 1e-6),
        sharpness=last.sharpness / max(first.sharpness, 1e-6),
        motion=steps[1] / steps[0],
        repeat=repeat(frames, fps),
    )


def look_at(frames: Frames) -> Look:
    """Describe how some seconds look."""
    rgb = frames.float()
    grey = rgb @ rgb.new_tensor(_GREY)  # t h w
    rows, columns = grey.diff(dim=1).abs().mean(), grey.diff(dim=2).abs().mean()
    mean = to_lab(rgb.mean(dim=(0, 1, 2)) / 255).tolist()
    return Look(Lab(*mean), float(grey.std(dim=(1, 2)).mean()), float(rows + columns))


@torch.inference_mode()
def find_subject(frames: Frames, kind: str, reader: SceneReader) -> Subject | None:
    """Find the surest thing of a kind in some seconds; None where the reader sees none."""
    times = look_times(len(frames), reader.config.num_looks)
    looks = shrink(frames[times].permute(0, 3, 1, 2))  # k c rh rw
    output = reader(ReaderInput(looks[None], None))
    there = output.there[0].float().sigmoid()  # k gh gw
    sure = there * output.kind[0].float().softmax(dim=-1)[..., KINDS.index(kind)]
    sureness = float(sure.flatten(1).amax(1).topk(min(2, len(sure))).values.mean())
    if sureness < reader.config.kind_threshold:
        return None
    weight = (sure / sure.max()) ** 4
    weight = weight / weight.sum()
    pixels = functional.interpolate(looks.float(), GRID, mode="area")  # k c gh gw
    colour = torch.einsum("kcyx,kyx->c", pixels, weight) / 255
    words = torch.einsum("kyxw,kyx->w", output.colour[0].float().softmax(dim=-1), weight)
    return Subject(sureness, Lab(*to_lab(colour).tolist()), COLOURS[int(words.argmax())])


def mean_step(frames: Frames) -> float:
    """Return the mean difference between neighbouring frames, of 255."""
    steps = [
        float((second.float() - first.float()).abs().mean())
        for first, second in zip(frames, frames[1:], strict=False)
    ]
    return sum(steps) / len(steps)


def repeat(frames: Frames, fps: float) -> float:
    """Return how near a video comes to repeating itself.

    Small grey frames are compared at every lag from `SHORTEST_LOOP_S` to half the video; the
    figure is the least mean difference over the middle one. A still picture has none: 1.
    """
    small = _small_grey(frames)
    lags = range(round(SHORTEST_LOOP_S * fps), len(small) // 2 + 1)
    apart = [float((small[lag:] - small[:-lag]).abs().mean()) for lag in lags]
    if not apart:
        return 1.0
    middle = sorted(apart)[len(apart) // 2]
    return 1.0 if middle < FLOOR_MOTION else min(apart) / middle


def _small_grey(frames: Frames) -> Float[Tensor, "t sh sw"]:
    # Frame by frame: a minute as floats would be a gigabyte.
    rows = []
    for frame in frames:
        grey = frame.float() @ torch.tensor(_GREY)
        rows.append(functional.interpolate(grey[None, None], _SMALL, mode="area")[0, 0])
    return torch.stack(rows)
