"""What the logits of a trained frame classifier mean, chosen on pictures it was not trained on.

For each label the window is taken that finds most at the same rate of false alarms. Harmless
pictures are of two sorts: twins, made to be taken for harm, and natural ones, which are what the
filter mostly sees; the border and sure keep to a rate of their own on each.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from hanazora.core.log import get_logger
from hanazora.safety.frames.network import (
    LABELS,
    ClassifierConfig,
    FrameClassifier,
    to_network,
    worst_windows,
)
from hanazora.train.frame_classifier.dataset import PictureSet

_LOG = get_logger(__name__)

WINDOWS = (1, 3, 5)
BORDER_TWINS, BORDER_NATURAL = 0.005, 0.001
"""Share of harmless pictures of either sort that may lie at or above the border of a label."""
SURE_TWINS, SURE_NATURAL = 0.001, 0.0
"""The same for sure."""
NATURAL = ("world", "texture")
"""Families of natural pictures."""
_SURE_MARGIN = 0.5
"""Sure lies at least this far above the border."""
_BATCH = 16


class _Choice(NamedTuple):
    recall: float
    window: int
    border: float
    sure: float
    sure_recall: float


def calibrate(network: FrameClassifier, sets: Sequence[PictureSet]) -> ClassifierConfig:
    """Choose window, border and sure of each label.

    Args:
        network: ready to infer.
        sets: pictures of every family that were not trained on.

    Returns:
        The network's config with what was chosen.
    """
    labels = torch.from_numpy(np.concatenate([one.labels for one in sets])) > 0
    families = [family for one in sets for family in one.families]
    natural = torch.tensor([family in NATURAL for family in families])
    logits = _by_window(network, sets)
    chosen = []
    for column, label in enumerate(LABELS):
        options = [
            _thresholds(window, logits[window][:, column], labels[:, column], natural, labels)
            for window in WINDOWS
        ]
        best = max(options)
        _LOG.info("%s: window %d, border %.2f (recall %.3f), sure %.2f (%.3f)", label, best.window,
                  best.border, best.recall, best.sure, best.sure_recall)  # fmt: skip
        chosen.append(best)
    return replace(
        network.config,
        windows=tuple(one.window for one in chosen),
        border=tuple(round(one.border, 3) for one in chosen),
        sure=tuple(round(one.sure, 3) for one in chosen),
        recall=tuple(round(one.recall, 3) for one in chosen),
    )


@torch.inference_mode()
def read_logits(
    network: FrameClassifier, pictures: UInt8[np.ndarray, "n h w 3"]
) -> Float[Tensor, "n labels"]:
    """Return the logits of undamaged pictures."""
    parts = [
        network(to_network(torch.from_numpy(pictures[start : start + _BATCH])))
        for start in range(0, len(pictures), _BATCH)
    ]
    return torch.cat(parts).float()


@torch.inference_mode()
def _by_window(
    network: FrameClassifier, sets: Sequence[PictureSet]
) -> dict[int, Float[Tensor, "n labels"]]:
    """Return the logits of all pictures for every window; the network runs once."""
    found: dict[int, list[Tensor]] = {window: [] for window in WINDOWS}
    for one in sets:
        for start in range(0, len(one.pictures), _BATCH):
            batch = torch.from_numpy(one.pictures[start : start + _BATCH])
            cells = network.cells(to_network(batch)).float()
            for window in WINDOWS:
                found[window].append(worst_windows(cells, (window,) * len(LABELS)))
    return {window: torch.cat(parts) for window, parts in found.items()}


def _thresholds(
    window: int,
    logits: Float[Tensor, "n"],
    positive: Bool[Tensor, "n"],
    natural: Bool[Tensor, "n"],
    labels: Bool[Tensor, "n labels"],
) -> _Choice:
    harmless = ~labels.any(dim=1)
    twins, plain = logits[harmless & ~natural], logits[harmless & natural]
    border = max(_above(twins, BORDER_TWINS), _above(plain, BORDER_NATURAL))
    sure = max(_above(twins, SURE_TWINS), _above(plain, SURE_NATURAL), border + _SURE_MARGIN)
    harmful = logits[positive]
    seen, certain = (float((harmful >= at).float().mean()) for at in (border, sure))
    return _Choice(seen, window, border, sure, certain)


def _above(logits: Float[Tensor, "n"], share: float) -> float:
    """Return a logit that at most a share of these reach."""
    if not len(logits):
        return float("-inf")
    allowed = int(share * len(logits))
    return float(logits.sort(descending=True).values[allowed]) + 1e-3
