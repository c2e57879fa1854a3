"""Render whole clips: `render_clip(spec, height, width)` gives the frames and their exact facts."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import UInt8
from torch import Tensor

from hanazora.world.build import build_scene
from hanazora.world.facts import ClipFacts, measure_facts
from hanazora.world.renderer import render
from hanazora.world.spec import SceneSpec


class Clip(NamedTuple):
    """A drawn clip of the world."""

    frames: UInt8[Tensor, "t h w 3"]
    """RGB pictures."""
    facts: ClipFacts
    """What is to be seen in them, measured."""
    spec: SceneSpec
    """What it was made from."""


def render_clip(
    spec: SceneSpec,
    height: int,
    width: int,
    device: str | torch.device = "cpu",
    antialias: bool = True,
) -> Clip:
    """Draw one clip, cuts included.

    The staging is made for `spec.aspect`; draw it at about that width over height.
    """
    return render_clips([spec], height, width, device=device, antialias=antialias)[0]


def render_clips(
    specs: Sequence[SceneSpec],
    height: int,
    width: int,
    *,
    device: str | torch.device = "cpu",
    antialias: bool = True,
) -> list[Clip]:
    """Draw several clips together, which is faster than one by one on an accelerator."""
    built = [build_scene(spec) for spec in specs]
    scenes = [shot.scene for one in built for shot in one.shots]
    drawn = iter(render(scenes, height, width, device=device, antialias=antialias))
    clips = []
    for one in built:
        shots = [next(drawn) for _ in one.shots]
        facts = measure_facts(
            one, [shot.object_ids for shot in shots], [shot.depth for shot in shots]
        )
        clips.append(Clip(torch.cat([shot.frames for shot in shots]), facts, one.spec))
    return clips
