import json
from pathlib import Path

import pytest

from hanazora.cli.main import run
from hanazora.cli.verbs.plan import is_sidecar
from hanazora.core.config import to_dict
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import FORMAT
from hanazora.pipelines.verbs.tasks import connect_task


def test_a_sentence_is_planned(capsys):
    assert run(["plan", "snow falls", "--seconds", "60", "--keys-every", "8"]) == 0
    out = capsys.readouterr().out
    assert "480 frames, 60 s" in out and "61 of 61 chunks" in out


def test_what_cannot_be_is_refused(capsys):
    assert run("plan snow --seconds 61".split()) == 2
    assert "at most 60" in capsys.readouterr().err


def test_a_sidecar_is_planned_as_it_was(tmp_path, capsys):
    request = GenerateRequest(prompt="snow", width=64, height=48, num_frames=5)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"format": FORMAT, "request": to_dict(request)}))
    assert is_sidecar(path) and not is_sidecar(tmp_path / "none.json")
    assert run(["plan", "a.json"]) == 0
    assert capsys.readouterr().out.startswith("generate: 64x48, 5 frames")


def test_a_gap_is_planned_in_either_order(capsys):
    task = connect_task(Path("clip.mp4"), Path("clip.mp4"), "ae", seconds=3.0, prompt="x")
    sidecar = {"format": FORMAT, "request": to_dict(task.request)}
    Path("a.json").write_text(json.dumps(sidecar))
    assert run(["plan", "a.json"]) == 0
    assert "order: 2 4-3" in capsys.readouterr().out
    assert run(["plan", "a.json", "--gap-order", "outward"]) == 0
    assert "order: 2-4" in capsys.readouterr().out
    assert (
        run("connect clip.mp4 clip.mp4 --seconds 3 --prompt x --plan --gap-order outward".split())
        == 0
    )
    assert "order: 2-4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [("snow --gap-order inward", "only connect and loop close a gap"),
     ("a.toml --seconds 3", "a.toml with a size or a duration: the file says them already")],
)  # fmt: skip
def test_what_would_be_ignored_is_refused(capsys, words, message):
    assert run(["plan", *words.split()]) == 2
    assert message in capsys.readouterr().err
