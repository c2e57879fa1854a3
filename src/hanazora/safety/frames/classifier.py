"""The moderator that is always there: our own frame classifier, in this process and offline."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch

from hanazora.media.frames import Frames
from hanazora.safety.frames.moderator import Scores
from hanazora.safety.frames.network import (
    LABELS,
    FrameClassifier,
    Label,
    load_classifier,
    to_network,
)
from hanazora.safety.policy import DATA_DIR

WEIGHTS = DATA_DIR / "frame_classifier.safetensors"

CATEGORY_OF: dict[Label, str] = {
    "gore": "violence",
    "weapon": "violence",
    "nudity": "sexual",
    "emblem": "hate",
}
"""What the policy calls the labels of the network."""

_BATCH = 8


class ClassifierModerator:
    """Judges pictures with the frame classifier.

    Args:
        path: the weights; read at the first question, so that a damaged file is a fault of this
            moderator and not of the process.
    """

    name = "frames/classifier"
    categories = ("violence", "sexual", "hate")
    required = True
    timeout_s = 30.0  # a hundred times what a picture takes: only a hang takes longer

    def __init__(self, path: Path = WEIGHTS) -> None:
        self._path = path

    @torch.inference_mode()
    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return the scores of each picture."""
        network = _load(self._path)
        found: list[Scores] = []
        for start in range(0, len(pictures), _BATCH):
            batch = torch.tensor(pictures[start : start + _BATCH])  # frames may be read-only
            for row in network.scores(network(to_network(batch))).tolist():
                scores: dict[str, float] = {}
                for label, score in zip(LABELS, row, strict=True):
                    category = CATEGORY_OF[label]
                    scores[category] = max(score, scores.get(category, 0.0))
                found.append(scores)
        return found


@lru_cache(maxsize=2)
def _load(path: Path) -> FrameClassifier:
    return load_classifier(path)
