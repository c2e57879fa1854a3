import hashlib
from dataclasses import replace

import numpy as np
import pytest

from hanazora.safety.frames.blocklist import picture_hash
from hanazora.safety.policy import ListFile, Policy, load_policy
from hanazora.safety.upload import Origin, judge_upload

POLICY = load_policy()


def clip(num_frames=6):
    rng = np.random.default_rng(0)
    coarse = rng.integers(60, 200, (6, 8, 3)).astype(np.uint8)
    return np.stack([np.kron(coarse, np.ones((8, 8, 1), np.uint8))] * num_frames)


def without_faces(**fields):
    checks = {**POLICY.data.checks, "upload_faces": "off"}
    return Policy(replace(POLICY.data, checks=checks, **fields), POLICY.sha256, POLICY.directory)


def test_a_harmless_upload_is_allowed():
    verdict = judge_upload([clip()], 8.0, policy=without_faces(), tier="general")
    assert verdict.action == "allow"


def test_what_was_taken_down_stays_down():
    for origin in (Origin(is_taken_down=True), Origin(refused_before="0123")):
        verdict = judge_upload([clip()], 8.0, policy=POLICY, tier="trusted", origin=origin)
        assert verdict.action == "block"
        assert verdict.category == "blocklist"
        assert verdict.rule.startswith("upload/")


def test_where_it_came_from_is_told_and_decides_nothing():
    origin = Origin(own_mark="1f", manifest="Invalid")
    policy = without_faces()
    plain = judge_upload([clip()], 8.0, policy=policy, tier="general")
    marked = judge_upload([clip()], 8.0, policy=policy, tier="general", origin=origin)
    assert marked.action == "allow"
    assert "mark 1f, manifest Invalid" in [finding.detail for finding in marked.findings]
    assert marked.decision_id != plain.decision_id


def test_a_picture_of_the_blocklist_is_blocked(tmp_path):
    text = f"{picture_hash(clip()[0]):016x}\n"
    (tmp_path / "list").write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    lists = {**POLICY.data.lists, "blocklist": ListFile(path="list", sha256=sha256)}
    policy = Policy(replace(POLICY.data, lists=lists), POLICY.sha256, tmp_path)
    verdict = judge_upload([clip(1)], 1.0, policy=policy, tier="general")
    assert (verdict.action, verdict.category) == ("block", "blocklist")


def test_a_moderator_that_cannot_run_blocks(tmp_path):
    descriptor = (
        'name="x"\nmodel="absent.onnx"\nsha256="0"\n[[labels]]\nname="a"\ncategory="hate"\n'
    )
    (tmp_path / "x.toml").write_text(descriptor)
    policy = Policy(replace(POLICY.data, classifiers=("x.toml",)), POLICY.sha256, tmp_path)
    verdict = judge_upload([clip()], 8.0, policy=policy, tier="general")
    assert (verdict.action, verdict.rule) == ("block", "upload/error")


def test_a_face_is_the_business_of_the_tier():
    pytest.importorskip("cv2")
    data = pytest.importorskip("skimage.data")
    portrait = data.astronaut()[None, :320, 60:380]
    actions = {
        tier: judge_upload([portrait], 1.0, policy=POLICY, tier=tier).action
        for tier in ("general", "trusted", "redteam")
    }
    assert actions == {"general": "block", "trusted": "hold", "redteam": "warn"}
