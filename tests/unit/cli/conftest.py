"""A stand-in for the model side: a picture that moves, made at once."""

import sys
import types

import pytest

from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.sidecar import ModelInfo


class MovingPicture:
    """Has the face of a text-to-video model; `on_step` runs at each denoising step."""

    def __init__(self, clip):
        self.clip = clip
        self.requests = []
        self.loaded = []
        self.on_step = lambda step: None

    def load(self, model=None, device="auto", dtype="auto"):
        self.loaded.append((model, device, dtype))
        return self

    def generate(self, request, files=(), *, progress=None):
        self.requests.append(request)
        progress.start("denoising", 3)
        for step in range(3):
            self.on_step(step)
            progress.advance()
        frames = self.clip(request.num_frames, request.height, request.width)
        return GenerateResult(frames, request, ModelInfo(name="stand-in"))


def produce(pipeline, request, path, files=(), *, progress, **options):
    """Stands in for `pipelines.produce.produce`; what there is to keep is tested there."""
    published = pipeline.generate(request, files, progress=progress).save(path, progress=progress)
    return types.SimpleNamespace(published=published, seconds=1.0, first_frame_s=0.5, run=None)


@pytest.fixture
def model(monkeypatch, clip):
    stand_in = MovingPicture(clip)
    module = types.ModuleType("hanazora.pipelines.generate")
    module.load = stand_in.load
    monkeypatch.setitem(sys.modules, "hanazora.pipelines.generate", module)
    making = types.ModuleType("hanazora.pipelines.produce")
    making.produce = produce
    monkeypatch.setitem(sys.modules, "hanazora.pipelines.produce", making)
    return stand_in
