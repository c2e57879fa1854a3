import json

from hanazora.evals.permanence.absence import Judgement
from hanazora.evals.permanence.occlusion import Survival
from hanazora.evals.permanence.report import (
    AbsenceRow,
    PassageRow,
    PermanenceReport,
    save_report,
    text_report,
    wilson,
)

ROW = AbsenceRow(
    story="leave_return", name="model", seconds=4, colours=("red", "blue", "red"),
    judgements=(
        Judgement(gone=True, returns=True, colour="red"),
        Judgement(gone=True, returns=True, colour="red"),
        Judgement(gone=False, returns=False, colour="red"),
    ),
)  # fmt: skip


def test_presence_and_identity_stand_apart():
    assert (ROW.gone.right, ROW.returns.right) == (2, 2)
    assert (ROW.same.right, ROW.same.total) == (1, 2)
    assert (ROW.kept.right, ROW.kept.total) == (1, 3)
    # The first is right for one of the two other cases, the second for both.
    assert ROW.chance == 3 / 4


def test_a_row_in_which_nothing_returns_has_no_identity():
    empty = AbsenceRow(
        story="pan_away", name="frozen", seconds=None, colours=("red",),
        judgements=(Judgement(gone=True, returns=False, colour="red"),),
    )  # fmt: skip
    assert str(empty.same) == "-" and empty.chance is None


def test_the_table_and_the_file_hold_every_row(tmp_path):
    passages = (PassageRow(name="model", survivals=(Survival(0.9, 10.0), Survival(0.5, 10.0))),)
    report = PermanenceReport(settings={"seed": 1}, absences=(ROW,), passages=passages)
    text = text_report(report)
    assert "leave_return" in text and "1/2" in text and "truck and sign" in text
    save_report(report, tmp_path / "report.json")
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["absences"][0]["cases"][1] == {
        "gone": True, "returns": True, "colour": "red", "truth": "blue",
    }  # fmt: skip
    assert len(data["passages"][0]["cases"]) == 2


def test_wilson_never_leaves_the_range():
    assert wilson(0, 5)[0] == 0 and wilson(5, 5)[1] == 1
    assert wilson(5, 10)[0] < 0.5 < wilson(5, 10)[1]
