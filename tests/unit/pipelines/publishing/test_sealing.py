from dataclasses import replace

import pytest

from hanazora.core.checks import CheckResult
from hanazora.media.encode import write_video
from hanazora.pipelines.publishing.gate import Gate, RefusedError
from hanazora.pipelines.publishing.sealing import MARK_BITS, Origin, describe_seal, seal
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.provenance.fingerprint import fingerprint
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import open_ledger
from hanazora.provenance.verify import read_verification
from hanazora.safety.policy import load_policy

REQUEST = GenerateRequest(prompt="secret garden", width=48, height=32, num_frames=5)


@pytest.fixture
def origin():
    return Origin(request=REQUEST, model=ModelInfo(name="m"), keys=load_keys())


def test_what_is_drawn_follows_from_request_model_and_keys(origin):
    assert 0 <= origin.mark_id < 1 << MARK_BITS
    assert origin.mark_id == replace(origin).mark_id
    others = [
        replace(origin, request=replace(REQUEST, seed=1)),
        replace(origin, model=ModelInfo(name="m", weight_hashes={"transformer": "ab"})),
        replace(origin, keys=origin.keys._replace(secret=bytes(32))),
    ]
    assert len({one.mark_id for one in [origin, *others]}) == 4
    assert len({one.prompt_hash for one in [origin, *others]}) == 4


def test_a_sealed_file_is_signed_and_remembered(origin, clip, tmp_path):
    write_video(tmp_path / "a.mp4", clip(), fps=8)
    gate = Gate(load_policy())
    gate.admit("watermark", CheckResult("passed"))
    looks = fingerprint(clip(), 8)
    sealed = seal(tmp_path / "a.mp4", tmp_path / "b.mp4", origin, gate, looks)
    assert sealed.signed
    assert gate.states() == {
        "watermark": "passed", "signature": "passed", "verification": "passed",
    }  # fmt: skip
    entry = open_ledger().get(sealed.manifest_id)
    assert entry.mark_id == origin.mark_id
    facts = read_verification(tmp_path / "b.mp4", origin.keys.anchors).manifests[0]
    assert facts.label == sealed.manifest_id
    assert facts.generation["checks"] == {"watermark": "passed"}
    said = describe_seal(sealed, origin, "ab")
    assert (said["manifest"], said["frames_sha256"]) == (sealed.manifest_id, "ab")


def test_a_ledger_that_cannot_be_written_stops_the_file(origin, clip, tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ledger.sqlite").write_text("no database" * 200)
    write_video(tmp_path / "a.mp4", clip(), fps=8)
    looks = fingerprint(clip(), 8)
    with pytest.raises(RefusedError, match="refused by fingerprint: it could not run"):
        seal(tmp_path / "a.mp4", tmp_path / "b.mp4", origin, Gate(load_policy()), looks)
