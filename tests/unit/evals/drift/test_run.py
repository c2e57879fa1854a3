from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.evals.drift.run import RECONSTRUCTED, TRUTH, DriftRun, measure_rows, pass_through
from hanazora.evals.scene_reader import SceneReader, SceneReaderConfig
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.models.layers.weights import save_part
from hanazora.pipelines.generate import Job, TextToVideo
from hanazora.pipelines.plan import plain_plan
from hanazora.pipelines.progress import SilentProgress
from hanazora.pipelines.sampler import SamplerConfig


class GreyModel(TextToVideo):
    """Shows grey frames, the brighter the less noise its context has."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        small = AutoencoderConfig(
            latent_channels=4, encoder_widths=(4, 4), decoder_widths=(4, 4, 4)
        )
        autoencoder = VideoAutoencoder(small).eval()
        self.name = "grey"
        self.device = SimpleNamespace(torch=torch.device("cpu"), dtype=torch.float32)
        self.model = SimpleNamespace(
            sampler=SamplerConfig(), weight_hashes={"transformer": "00"}, autoencoder=autoencoder
        )
        self.seen: list[tuple[int, float]] = []

    def prepare(self, request, files=()):
        return Job(request, plain_plan(LatentShape(2, 2, 4), 2), self.model.sampler, {})

    def chunks(self, job, **_):
        return iter(())

    def frames(self, job, chunks, **_):
        self.seen.append((job.request.seed, job.sampler.context_sigma))
        shape = (job.request.num_frames, job.request.height, job.request.width, 3)
        yield torch.full(shape, 128, dtype=torch.uint8).numpy()


@pytest.fixture
def run(tmp_path):
    torch.manual_seed(0)
    config = SceneReaderConfig(widths=(8, 8, 12, 12), motion_width=12, num_looks=2)
    reader = SceneReader(config).eval().requires_grad_(False)
    save_part(reader, reader.config, tmp_path / "reader", torch.float32)
    return DriftRun(
        num_prompts=2, seconds=0.5, height=32, width=48, context_sigmas=(0.0, 0.2), seed=5,
        reader_dir=tmp_path / "reader",
    )  # fmt: skip


def test_every_row_has_every_prompt(run) -> None:
    model = GreyModel()
    report = measure_rows(run, model, SamplerConfig(), SilentProgress())
    names = [row.name for row in report.rows]
    assert names == [TRUTH, RECONSTRUCTED, "grey, no noise", "grey, context noise 0.2"]
    assert all(len(row.drifts) == 2 for row in report.rows)
    assert model.seen == [(5, 0.0), (5, 0.2), (6, 0.0), (6, 0.2)]
    assert report.rows[2].drifts[0].picture_colour == 0
    assert report.settings["reader_dir"] is None and len(report.settings["prompts"]) == 2


def test_without_truth_only_the_model_is_there(run) -> None:
    report = measure_rows(
        replace(run, with_truth=False), GreyModel(), SamplerConfig(), SilentProgress()
    )
    assert len(report.rows) == 2


def test_passing_through_keeps_the_shape() -> None:
    frames = torch.randint(0, 256, (19, 30, 40, 3), dtype=torch.uint8)
    assert pass_through(GreyModel(), frames).shape == frames.shape
