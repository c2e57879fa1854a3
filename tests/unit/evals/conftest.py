"""Fixtures of the evaluation: a small reader, a small clip with facts, and readings by hand."""

import pytest
import torch

from hanazora.evals.fidelity_run import FidelityRun
from hanazora.evals.scene_reader import SceneReader, SceneReaderConfig, SceneReading
from hanazora.models.layers.weights import save_part
from hanazora.world.vocabulary import COLOURS, DIRECTIONS, KINDS


@pytest.fixture
def reader():
    torch.manual_seed(0)
    config = SceneReaderConfig(widths=(8, 8, 12, 12), motion_width=12, num_looks=3)
    return SceneReader(config).eval().requires_grad_(False)


@pytest.fixture
def run(reader, tmp_path):
    """A run over two tiny videos, read by the small reader."""
    save_part(reader, reader.config, tmp_path / "reader", torch.float32)
    return FidelityRun(
        split="seen", num_prompts=2, num_frames=2, height=32, width=48,
        reader_dir=tmp_path / "reader",
    )  # fmt: skip


@pytest.fixture
def facts():
    """Facts of a 9-frame clip of 320x192: a red ball that rolls right, and a tiny far box."""

    def thing(kind, colour, x, width, direction, visible):
        boxes = [[x + 8 * t, 96, x + 8 * t + width, 144] for t in range(9)]
        return {
            "kind": kind, "colour": colour, "direction": direction, "boxes": boxes,
            "centres": [[(b[0] + b[2]) / 2, 120.0] for b in boxes],
            "visible_px": [visible] * 9, "depths": [5.0 if kind == "ball" else 9.0] * 9,
        }  # fmt: skip

    return {
        "height": 192, "width": 320, "setting": "toys", "weather": "clear", "time_of_day": "day",
        "style": "clay", "camera": "pan_left", "cuts": [],
        "objects": [
            thing("ball", "red", 64, 48, "right", 2000), thing("box", "blue", 240, 8, "none", 60),
        ],
    }  # fmt: skip


@pytest.fixture
def pixels(clip):
    """Frames `t c h w` of a moving picture."""

    def make(num_frames=9, height=192, width=320):
        return torch.from_numpy(clip(num_frames, height, width)).permute(0, 3, 1, 2).contiguous()

    return make


@pytest.fixture
def reading():
    """Return a function that makes a reading in which only the given things are there."""

    def make(things, **clip):
        kinds, bindings = torch.zeros(len(KINDS)), torch.zeros(len(KINDS), len(COLOURS))
        directions = torch.zeros(len(KINDS), len(COLOURS), len(DIRECTIONS))
        for kind, colour, direction in things:
            row, column = KINDS.index(kind), COLOURS.index(colour)
            kinds[row], bindings[row, column] = 0.9, 0.8
            directions[row, column, DIRECTIONS.index(direction)] = 1.0
        return SceneReading(clip, kinds, bindings, directions)

    return make
