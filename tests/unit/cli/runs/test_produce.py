from pathlib import Path
from types import SimpleNamespace

import pytest

from hanazora.cli.main import run
from hanazora.cli.runs.produce import print_produced, telling_how_to_go_on
from hanazora.core.errors import CancelledError, OutputError, RunKeptError
from hanazora.pipelines.request import GenerateRequest


@pytest.mark.parametrize("error", [KeyboardInterrupt, CancelledError])
def test_ctrl_c_says_how_to_go_on_only_where_something_was_kept(tmp_path, error):
    path = tmp_path / "a.mp4"
    with pytest.raises(error), telling_how_to_go_on(path):
        raise error
    (tmp_path / "a.run").mkdir()
    with pytest.raises(RunKeptError, match=r"hanazora resume .*a\.run"), telling_how_to_go_on(path):
        raise error
    with pytest.raises(ZeroDivisionError), telling_how_to_go_on(path):
        raise ZeroDivisionError


def test_a_full_disk_says_how_to_go_on_where_something_was_kept(tmp_path):
    path = tmp_path / "a.mp4"
    full = OutputError("cannot write a.mp4", "no space left on the disk", "another directory")
    with pytest.raises(OutputError, match="try another directory"), telling_how_to_go_on(path):
        raise full
    (tmp_path / "a.run").mkdir()
    with pytest.raises(OutputError, match=r"try hanazora resume .*a\.run when there is room"):
        with telling_how_to_go_on(path):
            raise full


def test_what_was_made_is_told(capsys):
    published = SimpleNamespace(path=Path("a.mp4"), sha256="ab" * 32, warnings=["flat"])
    request = GenerateRequest(prompt="snow", seed=4)
    made = SimpleNamespace(published=published, seconds=9.0, first_frame_s=2.0, run=Path("a.run"))
    print_produced(made, request)
    out = capsys.readouterr().out
    assert "warning: flat" in out and "a.mp4  320x192, 32 frames, 8 fps, seed 4" in out
    assert "first frame after 2.0 s, all after 9.0 s" in out and "run kept in a.run" in out


def test_what_cannot_fit_is_refused_before_loading(model, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "hanazora.pipelines.preflight.estimate.available_memory_bytes", lambda: 800 << 20
    )
    assert run("generate snow --size 1920x1080 -o a.mp4 --device cpu".split()) == 2
    err = capsys.readouterr().err
    assert "1920x1080 needs" in err and "try --size" in err
    assert model.loaded == []
