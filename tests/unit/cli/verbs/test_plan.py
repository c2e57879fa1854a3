import json

from hanazora.cli.main import run
from hanazora.cli.verbs.plan import is_sidecar
from hanazora.core.config import to_dict
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import FORMAT


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
