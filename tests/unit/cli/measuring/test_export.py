import json
from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.media.probe import probe
from hanazora.pipelines import generate, produce
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.sidecar import ModelInfo

SMALL = ["--size", "64x48", "--num-frames", "3"]


class MovingPicture(TextToVideo):
    """Needs no weights."""

    def __init__(self):
        self.device = SimpleNamespace(dtype_name="fp32")
        self.model = SimpleNamespace(sampler=SamplerConfig(), weight_hashes={"transformer": "00"})


@pytest.fixture
def making(monkeypatch, clip):
    def produced(model, request, path, **options):
        frames = clip(request.num_frames, request.height, request.width)
        return GenerateResult(frames, request, ModelInfo(name="stand-in")).save(path)

    monkeypatch.setattr(generate, "load", lambda *_, **__: MovingPicture())
    monkeypatch.setattr(produce, "produce", produced)


def test_videos_leave_the_one_way_under_the_names_of_their_prompts(making, tmp_path, capsys):
    (tmp_path / "list.txt").write_text("a red ball\na blue box\n")
    arguments = ["eval", "export", str(tmp_path / "out"), "--prompts", str(tmp_path / "list.txt")]
    assert run([*arguments, "--samples", "2", *SMALL]) == 0
    names = sorted(path.name for path in (tmp_path / "out").glob("*.mp4"))
    assert names == ["a blue box-0.mp4", "a blue box-1.mp4", "a red ball-0.mp4", "a red ball-1.mp4"]
    assert probe(tmp_path / "out" / names[0]).num_frames == 3
    sidecar = json.loads((tmp_path / "out" / "a red ball-1.json").read_text())
    assert sidecar["request"]["seed"] == 1 and sidecar["request"]["prompt"] == "a red ball"
    protocol = json.loads((tmp_path / "out" / "protocol.json").read_text())
    assert protocol["prompt_rewriting"] is True and protocol["model"] == {"transformer": "00"}
    assert "for vbench" in capsys.readouterr().out


def test_another_export_is_not_mixed_in(making, tmp_path, capsys):
    arguments = ["eval", "export", str(tmp_path / "out"), "--num-prompts", "1", "--samples", "1"]
    assert run([*arguments, *SMALL]) == 0
    assert run([*arguments, *SMALL, "--seed", "5"]) == 2
    assert "another export: it differs in first_seed" in capsys.readouterr().err
