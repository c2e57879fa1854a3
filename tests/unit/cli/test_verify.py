import json

import numpy as np
import pytest

from hanazora.cli.main import run
from hanazora.media.decode import read_video
from hanazora.media.encode import write_video
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import publish
from hanazora.provenance.ledger import open_ledger


def scene(seed):
    coarse = np.random.default_rng(seed).uniform(20, 235, (6, 10, 3))
    return np.kron(coarse, np.ones((16, 16, 1)))[None].repeat(6, axis=0).astype(np.uint8)


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    path = tmp_path_factory.mktemp("verify") / "a.mp4"
    request = GenerateRequest(prompt="a pink tree", width=160, height=96, num_frames=6)
    return publish([scene(1)], request, ModelInfo(name="petal"), path)


def test_a_whole_file_is_trusted(signed, capsys):
    assert run(["verify", str(signed.path)]) == 0
    out = capsys.readouterr().out
    assert "a.mp4: Trusted: signed here, and unchanged since" in out
    assert "c2pa.created by petal (signed by hanazora)" in out
    assert "fingerprint passed" in out


def test_a_changed_file_is_not(signed, tmp_path, capsys):
    data = bytearray(signed.path.read_bytes())
    data[-9] ^= 1
    (tmp_path / "b.mp4").write_bytes(data)
    assert run(["verify", str(tmp_path / "b.mp4")]) == 4
    out = capsys.readouterr().out
    assert "b.mp4: Invalid" in out
    assert "assertion.bmffHash.mismatch" in out


def test_a_stripped_file_is_recovered(signed, tmp_path, capsys):
    write_video(tmp_path / "c.mp4", read_video(signed.path)[:, :, ::-1], fps=8)
    assert run(["verify", "--json", str(tmp_path / "c.mp4")]) == 5
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["state"]) == ("hanazora.verify/1", "None")
    best = found["recovered"][0]
    assert best["manifest"] == signed.manifest_id
    assert best["content_changed"]
    assert "fingerprint" in best["clues"]
    assert run(["verify", str(tmp_path / "c.mp4")]) == 5
    assert "the content changed since signing" in capsys.readouterr().out


def test_a_foreign_file_says_nothing(tmp_path, capsys):
    write_video(tmp_path / "d.mp4", scene(77), fps=8)
    assert run(["verify", str(tmp_path / "d.mp4")]) == 6
    assert "this says nothing about how it was made" in capsys.readouterr().out


def test_a_revoked_file_is_refused(tmp_path, capsys):
    request = GenerateRequest(prompt="another", width=160, height=96, num_frames=6)
    made = publish([scene(5)], request, ModelInfo(name="petal"), tmp_path / "e.mp4")
    open_ledger().revoke(made.manifest_id, "taken down")
    assert run(["verify", str(made.path)]) == 4
    assert "REVOKED: taken down" in capsys.readouterr().out


def test_what_cannot_be_read_is_one_line(tmp_path, capsys):
    assert run(["verify", str(tmp_path / "absent.mp4")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
