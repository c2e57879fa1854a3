"""Any ONNX picture classifier as a moderator, described by a small TOML file.

    name = "my-classifier"
    model = "model.onnx"                 # beside the descriptor
    sha256 = "..."                       # of the model
    size = [224, 224]                    # height, width
    mean = [0.485, 0.456, 0.406]
    std = [0.229, 0.224, 0.225]
    activation = "softmax"               # softmax, sigmoid or none
    [[labels]]                           # one per output, in order
    name = "safe"
    [[labels]]
    name = "gore"
    category = "violence"
    threshold = 0.8

onnxruntime is imported when the first picture is judged (`pip install hanazora[onnx]`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch.nn import functional

from hanazora.core.config import from_dict
from hanazora.core.documents import read_toml
from hanazora.core.errors import UserError
from hanazora.media.frames import Frames
from hanazora.safety.frames.moderator import ModeratorError, Scores


@dataclass(frozen=True, kw_only=True, slots=True)
class OnnxLabel:
    """One output of a classifier."""

    name: str
    """What the model calls it."""
    category: str = ""
    """A category of the policy; empty for an output that means nothing bad."""
    threshold: float = 0.5
    """Probability at which a picture is at the border: it becomes the score 0.5."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise UserError(f"threshold {self.threshold}", "it must lie between 0 and 1", "0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class OnnxDescriptor:
    """How a classifier is fed and read."""

    name: str
    """What findings call it."""
    model: str
    """File of the model, beside the descriptor."""
    sha256: str
    """Hash of the model; another content is refused."""
    labels: tuple[OnnxLabel, ...]
    """Outputs in order."""
    size: tuple[int, int] = (224, 224)
    """Height and width of the input."""
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Subtracted from colours in 0..1."""
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Divides what is left."""
    layout: Literal["nchw", "nhwc"] = "nchw"
    """Order of the input's axes."""
    activation: Literal["softmax", "sigmoid", "none"] = "softmax"
    """What turns outputs into probabilities."""
    required: bool = True
    """Whether nothing may be shown that it could not judge."""
    timeout_s: float = 10.0
    """Seconds that one picture may take."""


def read_descriptor(path: Path) -> OnnxDescriptor:
    """Read a descriptor.

    Raises:
        UserError: it cannot be read, is not TOML, or has an unknown or a missing key.
    """
    return from_dict(OnnxDescriptor, read_toml(path), path.name)


class OnnxModerator:
    """A classifier behind its descriptor.

    Args:
        path: the descriptor.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = read_descriptor(path)
        self._model = path.parent / self._descriptor.model
        self._session: Any = None
        self.name = f"onnx/{self._descriptor.name}"
        self.required = self._descriptor.required
        self.timeout_s = self._descriptor.timeout_s
        named = (label.category for label in self._descriptor.labels if label.category)
        self.categories = tuple(dict.fromkeys(named))

    def judge(self, pictures: Frames) -> Sequence[Scores]:
        """Return the scores of each picture."""
        if self._session is None:
            self._session = self._open()
        given = self._prepared(pictures)
        name = self._session.get_inputs()[0].name
        # One at a time: many exported models have a fixed batch of one.
        rows = [self._session.run(None, {name: one[None]})[0] for one in given]
        outputs = np.concatenate(rows).astype(np.float64).reshape(len(pictures), -1)
        if outputs.shape[1] != len(self._descriptor.labels):
            raise ModeratorError(
                f"the model has {outputs.shape[1]} outputs, the descriptor "
                f"{len(self._descriptor.labels)} labels"
            )
        return [self._scores(row) for row in _activated(outputs, self._descriptor.activation)]

    def _open(self) -> Any:
        try:
            import onnxruntime
        except ImportError as error:
            raise ModeratorError("onnxruntime is missing: pip install hanazora[onnx]") from error
        content = self._model.read_bytes()
        if hashlib.sha256(content).hexdigest() != self._descriptor.sha256:
            raise ModeratorError(f"{self._model.name} is not the file that the descriptor names")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def _prepared(self, pictures: Frames) -> Float[np.ndarray, "b x y z"]:
        planes = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        sized = functional.interpolate(
            planes, self._descriptor.size, mode="bilinear", antialias=True
        )
        mean, std = (
            np.asarray(values, np.float32).reshape(1, 3, 1, 1)
            for values in (self._descriptor.mean, self._descriptor.std)
        )
        given = (sized.numpy().astype(np.float32) / 255.0 - mean) / std
        return given.transpose(0, 2, 3, 1) if self._descriptor.layout == "nhwc" else given

    def _scores(self, row: Float[np.ndarray, " outputs"]) -> Scores:
        scores: dict[str, float] = {}
        for label, chance in zip(self._descriptor.labels, row.tolist(), strict=True):
            if label.category:
                score = _bent(chance, label.threshold)
                scores[label.category] = max(score, scores.get(label.category, 0.0))
        return scores


def _activated(outputs: Float[np.ndarray, "b n"], how: str) -> Float[np.ndarray, "b n"]:
    if how == "none":
        return outputs
    if how == "sigmoid":
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * outputs)))
    raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _bent(chance: float, threshold: float) -> float:
    """Bring a probability to the common scale: 0.5 at the threshold."""
    if chance < threshold:
        return 0.5 * chance / threshold
    return 0.5 + 0.5 * (chance - threshold) / (1.0 - threshold)
