from types import SimpleNamespace

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.evals.distance_run import OTHERS, measure_distances
from hanazora.evals.references import FROZEN
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import SilentProgress
from hanazora.pipelines.sampler import SamplerConfig


class NoiseModel(TextToVideo):
    """Makes noise of its own for every seed."""

    def __init__(self):
        self.name = "noise"
        self.device = SimpleNamespace(dtype_name="fp32")
        self.model = SimpleNamespace(sampler=SamplerConfig(), weight_hashes={"transformer": "00"})
        self.seeds = []

    def generate(self, request, *, progress=None):
        self.seeds.append(request.seed)
        shape = (request.num_frames, request.height, request.width, 3)
        noise = np.random.default_rng(request.seed).integers(0, 256, shape, dtype=np.uint8)
        return SimpleNamespace(frames=noise)


def test_a_model_stands_beside_true_renders_and_trivial_answers(run):
    model = NoiseModel()
    report = measure_distances(run, model, progress=SilentProgress())
    assert [row.name for row in report.rows] == ["noise", OTHERS, FROZEN]
    assert model.seeds == [0, 1] and report.model_hashes == {"transformer": "00"}
    assert all(row.distance > 0 for row in report.rows)
    assert report.protocol.suite == "FD-reader" and report.protocol.num_prompts == 2
    alone = measure_distances(run, progress=SilentProgress())
    assert alone.rows == report.rows[1:] and alone.protocol == report.protocol


def test_one_video_has_no_distance(run):
    from dataclasses import replace

    with pytest.raises(UserError, match="num_prompts 1"):
        measure_distances(replace(run, num_prompts=1), progress=SilentProgress())
