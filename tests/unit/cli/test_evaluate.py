import sys
from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.evals.fidelity import Estimate, FidelityReport
from hanazora.evals.report import Evaluation, Protocol

PROTOCOL = Protocol(
    suite="F", split="pair", num_prompts=3, prompts_sha256="a" * 64, prompt_seed=1, first_seed=0,
    num_frames=17, height=192, width=320, fps=8.0, reader_sha256="b" * 64,
)  # fmt: skip


def table(name):
    report = FidelityReport(name, {"setting": Estimate(0.5, 0.4, 0.6, 3)})
    return Evaluation(protocol=PROTOCOL, reports=(report,))


@pytest.fixture
def runs(monkeypatch, model):
    calls = []

    def measure_model(run, model, **settings):
        calls.append((run, settings))
        return table("model")

    stand_in = SimpleNamespace(
        FidelityRun=lambda **fields: SimpleNamespace(**fields),
        measure_model=measure_model,
        measure_references=lambda run, autoencoder, progress: table("truth"),
        load_floor=lambda protocol, path: table("truth") if path else None,
    )
    monkeypatch.setitem(sys.modules, "hanazora.evals.fidelity_run", stand_in)
    return calls


def test_fidelity_prints_the_table_and_writes_the_report(runs, tmp_path, capsys):
    path = tmp_path / "report.json"
    arguments = ["--split", "pair", "--num-prompts", "3", "--guidance-scale", "2", "-o", str(path)]
    assert run(["eval", "fidelity", *arguments]) == 0
    assert runs[0][0].num_prompts == 3
    assert runs[0][1]["guidance_scale"] == 2.0
    printed = capsys.readouterr().out
    assert "model" in printed and "no floor of this protocol" in printed
    assert '"split": "pair"' in path.read_text()


def test_the_floor_stands_beside_the_model(runs, tmp_path, capsys):
    assert run(["eval", "fidelity", "--floor", str(tmp_path / "f.json"), "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert "| model |" in printed and "| truth |" in printed


def test_the_floor_alone(runs, capsys):
    assert run(["eval", "floor", "--split", "pair"]) == 0
    assert "truth" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--num-prompts", "0"], "num_prompts 0: it must be 1 to 10000; try 1"),
        (["-o", "report.txt"], "its name must end in .json; try report.json"),
        (["-o", "no/such/place/report.json"], "the directory does not exist"),
    ],
)
def test_bad_input_is_one_line(runs, capsys, arguments, message):
    assert run(["eval", "fidelity", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert runs == []
