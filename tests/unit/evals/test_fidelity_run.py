from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.evals import references
from hanazora.evals.fidelity_run import FidelityRun, load_floor, measure_model, measure_references
from hanazora.evals.report import save_evaluation
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.progress import SilentProgress
from hanazora.pipelines.sampler import SamplerConfig


class GreyModel(TextToVideo):
    """Makes grey videos."""

    def __init__(self):
        self.name = "grey"
        self.device = SimpleNamespace(dtype_name="fp32")
        self.model = SimpleNamespace(sampler=SamplerConfig(), weight_hashes={"transformer": "00"})
        self.requests = []

    def generate(self, request, *, progress=None):
        self.requests.append(request)
        frames = np.full((request.num_frames, request.height, request.width, 3), 128, np.uint8)
        return SimpleNamespace(frames=frames)


def test_a_model_is_measured_beside_its_floor(run, tmp_path):
    model = GreyModel()
    made = measure_model(
        run, model, num_inference_steps=4, guidance_scale=1.0, progress=SilentProgress()
    )
    assert [request.seed for request in model.requests] == [0, 1]
    assert [report.name for report in made.reports] == ["grey", "grey, captions shuffled"]
    assert made.sampler["num_inference_steps"] == 4
    assert made.model_hashes == {"transformer": "00"}
    floor = measure_references(run, None, SilentProgress())
    assert floor.reports[0].name == references.TRUTH
    assert floor.protocol == made.protocol
    save_evaluation(floor, tmp_path / "floor.json")
    assert load_floor(made.protocol, tmp_path / "floor.json") == floor
    with pytest.raises(UserError, match="fps"):
        load_floor(replace(made.protocol, fps=24.0), tmp_path / "floor.json")


def test_no_shipped_floor_fits_another_protocol(run):
    protocol = measure_model(run, GreyModel(), progress=SilentProgress()).protocol
    assert load_floor(protocol, None) is None


def test_an_unknown_split_is_refused():
    with pytest.raises(UserError, match="seen, pair"):
        FidelityRun(split="sene")
