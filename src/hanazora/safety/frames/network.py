"""The frame classifier: a small convolutional network with one answer per kind of harm.

It sees a picture of any size brought to about 26,000 pixels with its aspect kept, and answers with
four logits. What they mean is fixed by the border and the sure logit of each label, which training
chose on a calibration set of its own: at the border the score is 0.5, at sure it is 0.75.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch
from jaxtyping import Float, UInt8
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import ModelError
from hanazora.core.paths import atomic_path

Label = Literal["gore", "weapon", "nudity", "emblem"]
LABELS: tuple[Label, ...] = get_args(Label)
"""Blood and wounds; a weapon pointed at somebody; an unclothed body; a hate symbol."""

AREA_PX = 128 * 208
"""Pixels of a picture as the network sees it."""
_CELL = 16
_SURE_SCORE = 0.75


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierConfig:
    """Size of the network, and what its answers mean."""

    channels: tuple[int, ...] = (32, 64, 96)
    """Channels at a quarter, an eighth and a sixteenth of the picture's side."""
    depths: tuple[int, ...] = (1, 2, 2)
    """Residual layers at each of these sizes."""
    hidden_size: int = 64
    """Width of the layer between the picture's summary and the answers."""
    border: tuple[float, ...] = (0.0,) * len(LABELS)
    """Logit of each label from which on it counts when a second frame agrees; score 0.5."""
    sure: tuple[float, ...] = (1.0,) * len(LABELS)
    """Logit of each label from which on one frame is enough; score 0.75."""
    recall: tuple[float, ...] = (0.0,) * len(LABELS)
    """Share of the harmful pictures kept back from training that lie at or above the border."""

    def __post_init__(self) -> None:
        if not len(self.border) == len(self.sure) == len(self.recall) == len(LABELS):
            raise ValueError(f"border, sure and recall need {len(LABELS)} values each")
        if any(high <= low for low, high in zip(self.border, self.sure, strict=True)):
            raise ValueError(f"sure {self.sure} must lie above border {self.border}")


class FrameClassifier(nn.Module):
    """Pictures to one logit per label."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        # The first layer goes straight to a quarter: most of the time is spent on large pictures.
        layers: list[nn.Module] = [_layer(3, config.channels[0], size=5, stride=4)]
        before = config.channels[0]
        for index, (channels, depth) in enumerate(zip(config.channels, config.depths, strict=True)):
            if index:
                layers.append(_layer(before, channels, size=3, stride=2))
            layers += [_Residual(channels) for _ in range(depth)]
            before = channels
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(2 * before, config.hidden_size),
            nn.ReLU(),
            nn.Linear(config.hidden_size, len(LABELS)),
        )

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b labels"]:
        """Return the logits of pictures in [0, 1]."""
        grid = self.body(pictures * 4.0 - 2.0)  # b c h/16 w/16
        summary = torch.cat([grid.mean(dim=(2, 3)), grid.amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.head(summary)
        return logits

    def scores(self, logits: Float[Tensor, "b labels"]) -> Float[Tensor, "b labels"]:
        """Bring logits to the common scale: 0.5 at the border, 0.75 at sure."""
        border = logits.new_tensor(self.config.border)
        sure = logits.new_tensor(self.config.sure)
        slope = math.log(_SURE_SCORE / (1 - _SURE_SCORE)) / (sure - border)
        return torch.sigmoid(slope * (logits - border))


def network_size(height: int, width: int) -> tuple[int, int]:
    """Return the size at which the network sees a picture: whole cells, about `AREA_PX`."""
    aspect = min(max(width / height, 0.25), 4.0)
    tall = math.sqrt(AREA_PX / aspect)
    return max(round(tall / _CELL), 1) * _CELL, max(round(tall * aspect / _CELL), 1) * _CELL


def to_network(frames: UInt8[Tensor, "b h w 3"]) -> Float[Tensor, "b 3 nh nw"]:
    """Bring frames to the network's size and to [0, 1]."""
    pictures = frames.permute(0, 3, 1, 2)
    size = network_size(*pictures.shape[2:])
    if tuple(pictures.shape[2:]) != size:
        pictures = functional.interpolate(pictures, size, mode="bilinear", antialias=True)
    return pictures.float() / 255.0


def save_classifier(network: FrameClassifier, path: Path) -> None:
    """Write the network in half precision with its config in the header."""
    state = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    with atomic_path(path) as temporary:
        save_file(state, temporary, metadata={"config": json.dumps(to_dict(network.config))})


def read_config(path: Path) -> ClassifierConfig:
    """Read the config of a network without its weights.

    Raises:
        ModelError: the file is unreadable or does not hold such a network.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})["config"])
        return from_dict(ClassifierConfig, header, path.name)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"cannot read the frame classifier {path.name}", str(error)) from error


def load_classifier(path: Path) -> FrameClassifier:
    """Read a network written by `save_classifier`, in fp32 and ready to infer.

    Raises:
        ModelError: the file is unreadable or does not hold such a network.
    """
    network = FrameClassifier(read_config(path))
    try:
        with safe_open(path, framework="pt") as file:
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        missing, unknown = network.load_state_dict(state, strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ModelError(f"cannot read the frame classifier {path.name}", str(error)) from error
    if unknown or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ModelError(f"{path.name} does not fit its config", f"missing {missing[:1]}")
    return network.eval().requires_grad_(False)


def _layer(before: int, channels: int, *, size: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, channels, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, grid: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return functional.relu(grid + self.norm(self.conv(grid)))
