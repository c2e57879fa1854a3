from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.evals.drift.look import Drift
from hanazora.evals.drift.report import DriftReport, DriftRow

SETTINGS = {"split": "seen", "num_prompts": 3, "seconds": 5.0, "width": 64, "height": 32}


@pytest.fixture
def runs(stand_in):
    row = DriftRow(name="model", drifts=(Drift(2.0, True, 1.0, 1.0, 1.0, 1.0, 1.0),))
    report = DriftReport(settings=SETTINGS, rows=(row,))
    return stand_in("hanazora.evals.drift.run", "measure_rows", report, DriftRun=SimpleNamespace)


def test_the_table_is_printed_and_the_sampler_can_be_set(runs, tmp_path, capsys):
    path = tmp_path / "drift.json"
    code = run(
        ["eval", "drift", "--num-prompts", "3", "--seconds", "5", "-o", str(path), "--size",
         "64x32", "--set", "steadiness=0.2", "--context-noise", "0,0.05", "--no-truth"]
    )  # fmt: skip
    assert code == 0 and path.exists()
    assert "no freeze" in capsys.readouterr().out
    ((measured, sampler),) = runs
    assert (measured.num_prompts, measured.seconds, measured.height) == (3, 5.0, 32)
    assert measured.context_sigmas == (0.0, 0.05) and not measured.with_truth
    assert sampler.steadiness == 0.2


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "0"], ["--num-prompts", "0"], ["--context-noise", "much"],
     ["--context-noise", "1.5"]],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused(runs, arguments):
    assert run(["eval", "drift", *arguments]) == 2
