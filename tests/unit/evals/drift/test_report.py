import json
from pathlib import Path

from hanazora.evals.drift.look import Drift
from hanazora.evals.drift.report import DriftReport, DriftRow, save_report, text_table

KEPT = Drift(2.0, True, 1.0, 0.9, 1.1, 0.8, 0.7)
LOST = Drift(None, False, 3.0, 0.5, 0.5, 0.2, 0.1)
SETTINGS = {"split": "seen", "num_prompts": 2, "seconds": 17.0, "width": 320, "height": 192}


def test_the_table_counts_and_averages(tmp_path: Path) -> None:
    row = DriftRow(name="model", drifts=(KEPT, LOST))
    assert row.cells() == (
        "model", "2.0 (n=1)", "1/2", "2.0", "0.70", "0.80", "0.50", "1/2", "0.40", "1/2",
    )  # fmt: skip
    report = DriftReport(settings=SETTINGS, rows=(row,))
    assert "17 s of 320x192" in text_table(report)
    save_report(report, tmp_path / "drift.json")
    saved = json.loads((tmp_path / "drift.json").read_text())
    assert saved["rows"][0]["videos"][1]["subject_colour"] is None
    assert saved["rows"][0]["videos"][0]["picture_colour"] == 1.0


def test_a_subject_that_is_never_seen_is_a_dash() -> None:
    unseen = LOST._replace(subject_kept=None)
    cells = DriftRow(name="blind", drifts=(unseen,)).cells()
    assert cells[1:3] == ("-", "0/0")
