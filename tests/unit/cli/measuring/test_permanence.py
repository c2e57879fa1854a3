from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.evals.permanence.occlusion import Survival
from hanazora.evals.permanence.report import PassageRow, PermanenceReport


@pytest.fixture
def runs(stand_in):
    row = PassageRow(name="model", survivals=(Survival(0.9, 5.0),))
    return stand_in(
        "hanazora.evals.permanence.run",
        "measure_permanence",
        PermanenceReport(settings={}, absences=(), passages=(row,)),
        PermanenceRun=SimpleNamespace,
        ALL_STORIES=("truck_sign",),
    )


def test_the_table_is_printed_and_the_memory_can_be_set(runs, tmp_path, capsys):
    path = tmp_path / "report.json"
    code = run(
        ["eval", "permanence", "--num-cases", "3", "--seconds", "1,4", "-o", str(path),
         "--set", "memory.num_slots=0", "--size", "64x32"]
    )  # fmt: skip
    assert code == 0 and path.exists()
    assert "survives" in capsys.readouterr().out
    ((measured, sampler),) = runs
    assert (measured.num_cases, measured.seconds, measured.height) == (3, (1, 4), 32)
    assert sampler.memory.num_slots == 0


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "soon"], ["--seconds", "0"], ["--num-cases", "0"], ["--size", "big"]],
)
def test_what_cannot_be_measured_is_refused(runs, arguments):
    assert run(["eval", "permanence", *arguments]) == 2
