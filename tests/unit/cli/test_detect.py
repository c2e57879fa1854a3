import json

import pytest

from hanazora.cli.main import run
from hanazora.media.encode import write_video


def test_a_clip_that_is_not_ours(tmp_path, monkeypatch, clip, capsys):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path / "home"))
    path = tmp_path / "a.mp4"
    write_video(path, clip(5, 48, 48), fps=8)
    assert run(["detect", str(path)]) == 6
    shown = capsys.readouterr().out
    assert "evidence that it was made here: none found" in shown
    assert "Most sites strip metadata" in shown and "Detectors err" in shown
    assert run(["detect", str(path), "--json"]) == 6
    assert json.loads(capsys.readouterr().out)["conclusion"] == "none found"


@pytest.mark.parametrize("name", ["nowhere.mp4", "text.mp4"])
def test_what_cannot_be_read_is_one_line(tmp_path, capsys, name):
    (tmp_path / "text.mp4").write_text("no video")
    assert run(["detect", str(tmp_path / name)]) == 2
    assert "cannot read" in capsys.readouterr().err
