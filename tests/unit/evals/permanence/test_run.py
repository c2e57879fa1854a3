from dataclasses import replace

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.evals.permanence import run as permanence_run
from hanazora.evals.permanence.cases import Drawing
from hanazora.evals.permanence.run import PermanenceRun, measure_permanence
from hanazora.models.layers.weights import save_part
from hanazora.pipelines.progress import SilentProgress


def test_every_row_of_both_suites_is_there(model, case, reader, tmp_path, monkeypatch):
    save_part(reader, reader.config, tmp_path, torch.float32)
    sign = replace(case, drawing=Drawing(case.drawing.frames[:17], ((8, 8, 24, 24),) * 17))
    monkeypatch.setattr(permanence_run, "absence_cases", lambda story, draws: [case])
    monkeypatch.setattr(permanence_run, "passage_cases", lambda draws: [sign])
    run = PermanenceRun(num_cases=1, seconds=(1, 2), height=32, width=64, reader_dir=tmp_path)
    report = measure_permanence(run, model, model.model.sampler, SilentProgress())
    rows = {(row.story, row.name, row.seconds) for row in report.absences}
    assert len(rows) == 2 * (4 + 2)
    assert ("pan_away", "tiny", 2) in rows and ("leave_return", "truth", None) in rows
    assert [row.name for row in report.passages][-1] == "tiny"
    assert report.settings["memory.num_slots"] == model.model.sampler.memory.num_slots


def test_bad_settings_are_refused():
    with pytest.raises(UserError, match="story"):
        PermanenceRun(stories=("walk",))
    with pytest.raises(UserError, match="seconds"):
        PermanenceRun(seconds=())
