"""Cases of the suites: drawn once, kept on disk, encoded by the model that is measured."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count as count_up
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from hanazora.evals.permanence.scenes import (
    Drawn,
    Story,
    Told,
    draw_absence,
    draw_passage,
    sample_absence,
    sample_passage,
    tell_absence,
)
from hanazora.evals.references import as_video
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.rollout import keep_precision
from hanazora.world.facts import Box

FIRST_SEED = 8_100_000
"""Where the seeds of the cases begin; changing it makes every older report incomparable."""

_WORTH_COMPILING = 24
"""Cases from which on compiling the renderer takes less time than it saves."""


class Drawing(NamedTuple):
    """What a case keeps of a drawn story."""

    frames: UInt8[np.ndarray, "t h w 3"]
    """The truth."""
    boxes: tuple[Box | None, ...]
    """Where the thing that is judged is in every frame; None where none of it is seen."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.frames.shape[1], self.frames.shape[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A story as it truly is, and what the model is told of it."""

    name: str
    """Story and seed."""
    kind: str
    """What leaves, or the sign that is covered."""
    colour: str
    """What nobody says."""
    told: Told
    """Colour-free words."""
    drawing: Drawing
    """The truth."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """How cases are drawn."""

    count: int
    """How many."""
    height: int = 192
    """Pixels."""
    width: int = 320
    """Pixels."""
    folder: Path | None = None
    """Where they are kept between runs."""

    def get(self, name: str, draw: Callable[..., Drawn | None], thing: int) -> Drawing | None:
        """Return a drawn story, or None where there is nothing to judge in it.

        Args:
            name: of the story.
            draw: renders it, given height, width and whether the renderer is compiled.
            thing: which of its things is judged.
        """
        file = self.folder and self.folder / f"{name}-{self.width}x{self.height}.npz"
        if file and file.exists():
            return _read(file)
        compiled = None if self.count >= _WORTH_COMPILING else False
        drawn = draw(self.height, self.width, compiled=compiled)
        drawing = None
        if drawn is not None:
            drawing = Drawing(drawn.frames, drawn.facts.objects[thing].boxes)
        if file:
            _write(file, drawing)
        return drawing


def absence_cases(story: Story, draws: Draws) -> Iterator[Case]:
    """Yield the first cases of a story, always the same ones."""
    found = 0
    for seed in count_up(FIRST_SEED):
        if found == draws.count:
            return
        absence = sample_absence(seed, story)
        if absence is None:
            continue
        name = f"{story}-{seed}"
        drawing = draws.get(name, partial(draw_absence, absence), 0)
        if drawing is not None:
            found += 1
            told = tell_absence(absence)
            yield Case(
                name=name, kind=absence.kind, colour=absence.colour, told=told, drawing=drawing
            )


def passage_cases(draws: Draws) -> Iterator[Case]:
    """Yield the first cases of a vehicle that passes a sign, always the same ones."""
    found = 0
    for seed in count_up(FIRST_SEED):
        if found == draws.count:
            return
        passage = sample_passage(seed)
        if passage is None:
            continue
        name = f"truck_sign-{seed}"
        drawing = draws.get(name, partial(draw_passage, passage), 1)
        if drawing is not None:
            found += 1
            told = Told(away=passage.prompt, back=passage.prompt)
            colour = passage.spec.subjects[1].colour
            yield Case(name=name, kind="sign", colour=colour, told=told, drawing=drawing)


@torch.inference_mode()
def encode_case(model: TextToVideo, case: Case) -> Float[Tensor, "z lt lh lw"]:
    """Return the latents of the truth, as they would be kept."""
    video = as_video(torch.from_numpy(case.drawing.frames))
    device = model.device
    latents = model.model.autoencoder.encode(video.to(device.torch, device.dtype))
    return keep_precision(latents[0].float().cpu())


def _read(file: Path) -> Drawing | None:
    with np.load(file) as data:
        boxes = json.loads(str(data["boxes"]))
        if not boxes:
            return None
        return Drawing(data["frames"], tuple(box and tuple(box) for box in boxes))


def _write(file: Path, drawing: Drawing | None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    frames = np.zeros((0, 1, 1, 3), np.uint8) if drawing is None else drawing.frames
    boxes = () if drawing is None else drawing.boxes
    np.savez_compressed(file, frames=frames, boxes=np.array(json.dumps(boxes)))
