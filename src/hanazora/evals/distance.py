"""FD-reader: how far apart two sets of videos are, in the features of the scene reader.

The Frechet distance between two Gaussians (Dowson and Landau, 1982) that have the mean and the
covariance of the features, as FID and FVD have it for networks trained on photographs and filmed
video. The features here are those of a reader that knows this world alone: the figure is no FVD,
and none but figures of the same protocol may be compared with it. It falls with the number of
videos, so that number is part of the protocol, and true renders of other prompts stand beside.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.core.version import __version__
from hanazora.evals.fidelity import Video
from hanazora.evals.report import Protocol, require_same_protocol
from hanazora.evals.scene_reader import SceneReader, prepare

SUITE = "FD-reader"
FORMAT = "hanazora.distance/1"
MIN_VIDEOS = 2
"""Fewer have no covariance."""


class Spread(NamedTuple):
    """The Gaussian of a set of videos."""

    mean: Float[Tensor, " f"]
    covariance: Float[Tensor, "f f"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DistanceRow:
    """One set of videos."""

    name: str
    """Whose videos they are."""
    distance: float
    """From true renders of the prompts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DistanceReport:
    """Distances that may be compared."""

    protocol: Protocol
    """What they were measured under."""
    rows: tuple[DistanceRow, ...]
    """One per set of videos."""
    sampler: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    """How the model's videos were made."""
    model_hashes: dict[str, str] = field(default_factory=dict)
    """Hash of every weight file of the model."""


@torch.inference_mode()
def video_features(reader: SceneReader, videos: Iterable[Video]) -> Float[Tensor, "n f"]:
    """Return what the reader goes by in every video, in float64."""
    looks = reader.config.num_looks
    return torch.cat([reader.features(prepare(video.cpu(), looks)).double() for video in videos])


def spread_of(features: Float[Tensor, "n f"]) -> Spread:
    """Return mean and covariance of a set.

    Raises:
        UserError: there are too few videos.
    """
    if len(features) < MIN_VIDEOS:
        raise UserError(f"{len(features)} videos", f"a distance takes at least {MIN_VIDEOS}")
    return Spread(features.mean(dim=0), torch.cov(features.T))


def frechet_distance(one: Spread, other: Spread) -> float:
    """Return the squared Frechet distance: of the means, and of what spreads around them.

    ``|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))``. The product has the eigenvalues of the
    symmetric ``C1^(1/2) C2 C1^(1/2)``, which needs no root of an unsymmetric matrix.
    """
    values, vectors = torch.linalg.eigh(one.covariance)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    shared = torch.linalg.eigvalsh(root @ other.covariance @ root).clamp_min(0).sqrt().sum()
    traces = one.covariance.trace() + other.covariance.trace()
    distance = (one.mean - other.mean).square().sum() + traces - 2 * shared
    return max(0.0, float(distance))


def join_reports(first: DistanceReport, second: DistanceReport) -> DistanceReport:
    """Put the rows of two reports into one table.

    Raises:
        UserError: they were not made under the same protocol.
    """
    require_same_protocol(first.protocol, second.protocol)
    known = {row.name for row in first.rows}
    added = tuple(row for row in second.rows if row.name not in known)
    return DistanceReport(
        protocol=first.protocol,
        rows=first.rows + added,
        sampler=first.sampler or second.sampler,
        model_hashes=first.model_hashes or second.model_hashes,
    )


def distance_table(report: DistanceReport) -> str:
    """Return the table for a terminal."""
    protocol = report.protocol
    width = max(len(row.name) for row in report.rows)
    return "\n".join(
        [
            f"{SUITE} to {protocol.num_prompts} true renders, split {protocol.split}, "
            f"{protocol.width}x{protocol.height}, {protocol.num_frames} frames; reader "
            f"{protocol.reader_sha256[:12]}, prompts {protocol.prompts_sha256[:12]}. "
            "Lower is nearer; figures of other numbers of videos do not compare.",
            *(f"{row.name:<{width}}  {row.distance:10.3f}" for row in report.rows),
        ]
    )


def save_distances(report: DistanceReport, path: Path) -> None:
    """Write a report with its protocol as JSON."""
    data = {"format": FORMAT, "version": __version__, **to_dict(report)}
    write_text(path, json.dumps(data, indent=2) + "\n")


def load_distances(path: Path) -> DistanceReport:
    """Read what `save_distances` wrote.

    Raises:
        UserError: the file is unreadable or something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}", str(error)) from error
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise UserError(f"{path} is not a report of distances", f"its format must be {FORMAT}")
    data.pop("version", None)
    return from_dict(DistanceReport, data, "report")
