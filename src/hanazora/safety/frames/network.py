"""The frame classifier: a small convolutional network with one answer per kind of harm and place.

It sees a picture of any size brought to about 41,000 pixels with its aspect kept, and answers with
four logits for every cell of 8 x 8 pixels; the picture has those of its worst window of cells. An
answer per cell finds a small thing as well as a large one, and lets training say where the harm is,
from which it learns many times faster than from being told only whether. What the logits mean is
fixed by the border and the sure logit of each label, which training chose on a calibration set of
its own: at the border the score is 0.5, at sure it is 0.75.
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

AREA_PX = 160 * 256
"""Pixels of a picture as the network sees it."""
CELL_PX = 8
"""Pixels of a side of a cell."""
_SIDE_STEP = 16
_SURE_SCORE = 0.75
_RARE = -4.0
"""Logit that every cell begins training with: nearly all of them show nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierConfig:
    """Size of the network, and what its answers mean."""

    channels: tuple[int, int, int, int] = (16, 32, 64, 96)
    """Channels at a half, a quarter, an eighth and a sixteenth of the picture's side."""
    dilations: tuple[int, ...] = (1, 2, 4, 1)
    """Steps between the taps of the residual layers at a sixteenth: a cell must see the figure that
    it belongs to."""
    windows: tuple[int, ...] = (1,) * len(LABELS)
    """Cells of a side of the window whose mean logit counts, for each label; odd."""
    border: tuple[float, ...] = (0.0,) * len(LABELS)
    """Logit of each label from which on it counts when a second frame agrees; score 0.5."""
    sure: tuple[float, ...] = (1.0,) * len(LABELS)
    """Logit of each label from which on one frame is enough; score 0.75."""
    recall: tuple[float, ...] = (0.0,) * len(LABELS)
    """Share of the harmful pictures kept back from training that lie at or above the border."""

    def __post_init__(self) -> None:
        each = (self.windows, self.border, self.sure, self.recall)
        if any(len(values) != len(LABELS) for values in each):
            raise ValueError(f"windows, border, sure and recall need {len(LABELS)} values each")
        if any(side < 1 or side % 2 == 0 for side in self.windows):
            raise ValueError(f"windows are {self.windows}; a side must be odd")
        if any(high <= low for low, high in zip(self.border, self.sure, strict=True)):
            raise ValueError(f"sure {self.sure} must lie above border {self.border}")


class FrameClassifier(nn.Module):
    """Pictures to one logit per label."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, eighth, sixteenth = config.channels
        self.fine = nn.Sequential(
            _layer(3, half, stride=2),
            _layer(half, quarter, stride=2),
            _Residual(quarter),
            _layer(quarter, eighth, stride=2),
            _Residual(eighth),
            _Residual(eighth),
        )
        self.coarse = nn.Sequential(
            _layer(eighth, sixteenth, stride=2),
            *(_Residual(sixteenth, step) for step in config.dilations),
            nn.Conv2d(sixteenth, eighth, 1),
        )
        self.mix = _Residual(eighth)
        self.head = nn.Conv2d(eighth, len(LABELS), 1)
        nn.init.constant_(self.head.bias, _RARE)  # type: ignore[arg-type] # there is a bias

    def cells(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b labels ch cw"]:
        """Return the logits of every cell of pictures in [0, 1] with sides of 16 n pixels."""
        logits: Tensor = self.head(self.features(pictures))
        return logits

    def features(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b channels ch cw"]:
        """Return what every cell is judged by."""
        fine = self.fine(pictures * 4.0 - 2.0)
        context = functional.interpolate(self.coarse(fine), scale_factor=2.0)
        mixed: Tensor = self.mix(functional.relu(fine + context))
        return mixed

    def forward(self, pictures: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b labels"]:
        """Return the logits of the worst window of each picture."""
        return worst_windows(self.cells(pictures), self.config.windows)

    def scores(self, logits: Float[Tensor, "b labels"]) -> Float[Tensor, "b labels"]:
        """Bring logits to the common scale: 0.5 at the border, 0.75 at sure."""
        border = logits.new_tensor(self.config.border)
        sure = logits.new_tensor(self.config.sure)
        slope = math.log(_SURE_SCORE / (1 - _SURE_SCORE)) / (sure - border)
        return torch.sigmoid(slope * (logits - border))


def worst_windows(
    cells: Float[Tensor, "b labels ch cw"], windows: tuple[int, ...]
) -> Float[Tensor, "b labels"]:
    """Return the largest mean of a window of cells for each label.

    Args:
        cells: logits.
        windows: sides of the windows, one per label.
    """
    worst = []
    for label, side in enumerate(windows):
        grid = cells[:, label : label + 1]
        means = functional.avg_pool2d(grid, side, 1, side // 2, count_include_pad=False)
        worst.append(means.amax(dim=(1, 2, 3)))
    return torch.stack(worst, dim=1)


def network_size(height: int, width: int) -> tuple[int, int]:
    """Return the size at which the network sees a picture: whole steps, about `AREA_PX`."""
    aspect = min(max(width / height, 0.25), 4.0)
    tall = math.sqrt(AREA_PX / aspect)
    high, wide = (max(round(side / _SIDE_STEP), 1) for side in (tall, tall * aspect))
    return high * _SIDE_STEP, wide * _SIDE_STEP


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


def _layer(before: int, channels: int, *, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, channels, 3, stride, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int, step: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, step, dilation=step, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, grid: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        return functional.relu(grid + self.norm(self.conv(grid)))
