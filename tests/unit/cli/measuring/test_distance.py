import sys
from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.evals.distance import DistanceReport, DistanceRow, load_distances, save_distances
from hanazora.evals.report import Protocol


def _report(num_prompts):
    protocol = Protocol(
        suite="FD-reader", split="seen", num_prompts=num_prompts, prompts_sha256="a" * 64,
        prompt_seed=1, first_seed=0, num_frames=17, height=192, width=320, fps=8.0,
        reader_sha256="b" * 64,
    )  # fmt: skip
    return DistanceReport(protocol=protocol, rows=(DistanceRow(name="truth", distance=1.5),))


@pytest.fixture
def runs(monkeypatch):
    calls = []

    def measure_distances(run, model, **settings):
        calls.append((run, model, settings))
        return _report(run.num_prompts)

    stand_in = SimpleNamespace(measure_distances=measure_distances)
    monkeypatch.setitem(sys.modules, "hanazora.evals.distance_run", stand_in)
    return calls


def test_a_report_is_printed_and_written(runs, tmp_path, capsys):
    path = tmp_path / "d.json"
    arguments = ["--truth-only", "--num-prompts", "3", "--size", "192x320", "-o", str(path)]
    assert run(["eval", "distance", *arguments]) == 0
    measured, model, _ = runs[0]
    assert (measured.width, measured.height, measured.num_prompts) == (192, 320, 3)
    assert model is None and load_distances(path) == _report(3)
    assert "truth" in capsys.readouterr().out


def test_another_protocol_is_not_put_beside(runs, tmp_path, capsys):
    save_distances(_report(4), tmp_path / "d.json")
    arguments = ["--truth-only", "--num-prompts", "3", "--against", str(tmp_path / "d.json")]
    assert run(["eval", "distance", *arguments]) == 2
    assert "the protocols differ in num_prompts" in capsys.readouterr().err
