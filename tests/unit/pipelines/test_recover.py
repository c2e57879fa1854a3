import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.media.decode import read_video
from hanazora.media.encode import write_video
from hanazora.pipelines.recover import trace
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import publish
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import open_ledger


def scene(seed, num_frames=12, height=96, width=160):
    """Soft patches that drift."""
    coarse = np.random.default_rng(seed).uniform(20, 235, (6, 20, 3))
    wide = np.kron(coarse, np.ones((height // 6, width // 10, 1)))
    return np.stack([wide[:, 2 * t : 2 * t + width] for t in range(num_frames)]).astype(np.uint8)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    directory = tmp_path_factory.mktemp("published")
    files = []
    for seed in range(3):
        request = GenerateRequest(prompt="petals", width=160, height=96, num_frames=12, seed=seed)
        path = directory / f"{seed}.mp4"
        files.append(publish([scene(seed)], request, ModelInfo(name="m"), path))
    return files


def test_a_whole_file_needs_no_search(published):
    found = trace(published[0].path)
    assert (found.verification.state, found.mark, found.recovered) == ("Trusted", None, [])
    deep = trace(published[0].path, deep=True)
    assert deep.recovered[0].entry.manifest_id == published[0].manifest_id
    assert "manifest" in deep.recovered[0].clues
    assert "fingerprint" in deep.recovered[0].clues


@pytest.mark.parametrize(
    "attack", [lambda f: f[:, ::2, ::2], lambda f: f[2:10, :, ::-1], lambda f: f[:, 4:-4, 8:-8]]
)
def test_a_stripped_file_leads_back_to_its_manifest(published, tmp_path, attack):
    frames = np.ascontiguousarray(attack(read_video(published[1].path)))
    write_video(tmp_path / "stripped.mp4", frames, fps=8)
    found = trace(tmp_path / "stripped.mp4")
    assert found.verification.state == "None"
    best = found.recovered[0]
    assert best.entry.manifest_id == published[1].manifest_id
    assert best.agrees
    assert best.verification.content_changed
    assert best.verification.manifests[0].actions[0].agent == "m"
    assert [one.entry.manifest_id for one in found.recovered] == [published[1].manifest_id]


def test_a_foreign_file_leads_nowhere(tmp_path):
    write_video(tmp_path / "other.mp4", scene(99), fps=8)
    found = trace(tmp_path / "other.mp4")
    assert found.verification.state == "None"
    assert not found.mark.found
    assert found.recovered == []


def test_a_manifest_moved_to_another_video_is_told(published, tmp_path):
    entry = open_ledger().get(published[0].manifest_id)
    write_video(tmp_path / "b.mp4", scene(98), fps=8)
    (tmp_path / "b.mp4.c2pa").write_bytes(entry.manifest)
    found = trace(tmp_path / "b.mp4")
    assert found.verification.state == "Invalid"
    assert found.recovered[0].clues == ("manifest",)
    assert not found.recovered[0].agrees


def test_a_revoked_file_is_called_so(published):
    ledger = open_ledger()
    request = GenerateRequest(prompt="revoked", width=160, height=96, num_frames=12)
    path = published[0].path.with_name("revoked.mp4")
    made = publish([scene(50)], request, ModelInfo(name="m"), path)
    ledger.revoke(made.manifest_id, "taken down")
    assert trace(path).revoked == "taken down"


def test_another_installation_does_not_trust_it(published, tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    found = trace(published[0].path, keys=load_keys())
    assert found.verification.state == "Valid"
    assert found.recovered == []


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("petal")
    with pytest.raises(UserError, match="cannot read"):
        trace(tmp_path / "a.txt")
