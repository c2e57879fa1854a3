"""Suite O, occlusion: a sign that a vehicle hides is still there, unchanged, when it has passed.

The truth is given until the vehicle stands before the sign; the rest is made under words that name
no colour. The sign and the camera rest, so its place after the passage is compared with the same
place before it, both decoded. A vanished, recoloured, shrunken or shifted sign fails one of two
tests; the thresholds separate all four from the truth (specs/world-and-evaluation.md section 2).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.evals.fidelity import Video
from hanazora.evals.permanence.absence import embed, plan_story
from hanazora.evals.permanence.cases import Case
from hanazora.evals.permanence.scenes import COVERED_FRAME, GIVEN_FRAMES
from hanazora.evals.references import as_video
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.plan import Geometry, Given, Plan, Run, latent_frames
from hanazora.pipelines.rollout import Rollout
from hanazora.pipelines.sampler import SamplerConfig

MIN_LIKENESS = 0.8
"""Normalised cross-correlation: truth .9, a sign that vanished, shrank or moved below .7."""
MAX_DIFFERENCE = 35.0
"""Colour difference in CIELAB that nine tenths of the pixels stay below: truth 16, faults 55."""

_MARGIN = 0.25
"""What is compared around the sign, in sides of its box: a shift shows at the edges."""


class Survival(NamedTuple):
    """What became of one sign."""

    likeness: float
    """Normalised cross-correlation of its place before and after, -1 to 1."""
    difference: float
    """Colour difference (CIELAB, 90th percentile of the pixels)."""

    @property
    def survives(self) -> bool:
        """It is there, and it is the same."""
        return self.likeness > MIN_LIKENESS and self.difference < MAX_DIFFERENCE


def plan_passage(geometry: Geometry, size: tuple[int, int]) -> Plan:
    """Plan a passage: given until the sign is covered, made until the end.

    Args:
        geometry: of the model.
        size: height and width in pixels.
    """
    given = latent_frames(COVERED_FRAME + 1)
    total = latent_frames(GIVEN_FRAMES)
    runs = (Run(given, 0, Given(source=0)), Run(total - given, 0))
    return plan_story(geometry, size, runs, ("passage",))


@torch.inference_mode()
def make_passage(
    model: TextToVideo,
    case: Case,
    latents: Float[Tensor, "z lt lh lw"],
    sampler: SamplerConfig,
    seed: int = 0,
) -> Video:
    """Make the second half of a passage, and decode all of it.

    Args:
        model: what is measured.
        case: the passage.
        latents: its truth, encoded.
        sampler: how chunks are made and what they look at.
        seed: of the noise.
    """
    plan = plan_passage(model.geometry, case.drawing.size)
    finished = {
        index: latents[:, chunk.first_frame : chunk.end_frame]
        for index, chunk in enumerate(plan.chunks)
        if chunk.given is not None
    }
    prompts = [embed(model, case.told.back, sampler)]
    rollout = Rollout(model.model.transformer, prompts, plan, seed, sampler)
    finished |= {chunk.number: chunk.latents for chunk in rollout.run(finished)}
    return _decode(model, torch.cat([finished[index] for index in sorted(finished)], dim=1))


def passage_references(model: TextToVideo, case: Case, latents: Tensor) -> Mapping[str, Video]:
    """Return the truth, what the autoencoder leaves of it, and the last given frame frozen."""
    truth = as_video(torch.from_numpy(case.drawing.frames))
    covered = truth[:, :, COVERED_FRAME : COVERED_FRAME + 1]
    made = GIVEN_FRAMES - 1 - COVERED_FRAME
    return {
        "truth": truth,
        "truth through the autoencoder": _decode(model, latents),
        "last given frame, frozen": torch.cat(
            [truth[:, :, : COVERED_FRAME + 1], covered.repeat(1, 1, made, 1, 1)], dim=2
        ),
    }


def judge_passage(video: Video, case: Case) -> Survival:
    """Compare the place of the sign in the last frame with the same place in the first."""
    box = case.drawing.boxes[0]
    if box is None:
        raise ValueError(f"{case.name} does not show its sign at first")
    before, after = (_crop(video[0, :, index], box) for index in (0, -1))
    return Survival(_correlation(before, after), _difference(before, after))


@torch.inference_mode()
def _decode(model: TextToVideo, latents: Tensor) -> Video:
    device = model.device
    video = model.model.autoencoder.decode(latents[None].to(device.torch, device.dtype))
    return video.float().clamp(-1, 1).cpu()


def _crop(picture: Float[Tensor, "c h w"], box: tuple[int, int, int, int]) -> np.ndarray:
    """Cut a box and its surroundings (h w c, 0 to 1)."""
    left, top, right, bottom = box
    across, down = round(_MARGIN * (right - left)), round(_MARGIN * (bottom - top))
    part = picture[:, max(top - down, 0) : bottom + down, max(left - across, 0) : right + across]
    return ((part + 1) / 2).permute(1, 2, 0).numpy().astype(np.float64)


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    one, other = (x - x.mean(axis=(0, 1)) for x in (first, second))
    norm = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / max(norm, 1e-9)


def _difference(first: np.ndarray, second: np.ndarray) -> float:
    apart = np.linalg.norm(_lab(first) - _lab(second), axis=-1)
    return float(np.percentile(apart, 90))


_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def _lab(rgb: np.ndarray) -> np.ndarray:
    """Bring sRGB in [0, 1] to CIELAB under D65 (CIE 15)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ.T / _WHITE
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
