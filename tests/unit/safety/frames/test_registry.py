from dataclasses import replace

import pytest

from hanazora.safety.frames.moderator import Missing
from hanazora.safety.frames.registry import build_moderators, coverage, uncovered
from hanazora.safety.policy import PluginConfig, Policy, load_policy


def changed(**fields):
    packaged = load_policy()
    return Policy(replace(packaged.data, **fields), packaged.sha256, packaged.directory)


def names(policy, stage):
    return [moderator.name for moderator in build_moderators(policy, stage)]


def test_frames_and_uploads_have_their_own_moderators():
    assert names(load_policy(), "frame") == ["frames/classifier", "blocklist"]
    assert names(load_policy(), "upload") == ["frames/classifier", "blocklist", "faces"]


@pytest.mark.parametrize("state", ["required", "optional", "off"])
def test_the_policy_decides_about_faces(state):
    policy = changed(checks={"upload_faces": state})
    faces = [m for m in build_moderators(policy, "upload") if m.name == "faces"]
    assert [face.required for face in faces] == {
        "required": [True], "optional": [False], "off": []
    }[state]  # fmt: skip


def test_plug_ins_join_at_their_stages():
    hook = PluginConfig(name="hook", kind="http", url="http://localhost:1/", stages=("frame",))
    chat = PluginConfig(name="chat", kind="llm", url="http://localhost:1/", stages=("frame",))
    policy = changed(plugins=(hook, chat))
    assert names(policy, "frame")[2:] == ["plugin/hook", "plugin/chat"]
    assert "plugin/hook" not in names(policy, "upload")
    assert isinstance(build_moderators(policy, "frame")[-1], Missing)


def test_coverage_names_stage_category_and_limits():
    found = {(entry.stage, entry.category): entry for entry in coverage(load_policy())}
    assert found["frame", "violence"].moderator == "frames/classifier"
    for category in ("violence", "sexual", "hate"):
        assert "found in drawn pictures" in found["frame", category].note
        assert found["frame", category].available == (
            category not in uncovered(load_policy(), "frame")
        )
    assert {"known-people", "blocklist"} <= set(uncovered(load_policy(), "frame"))
    assert not found["frame", "blocklist"].available
    assert ("upload", "likeness") in found
    assert ("frame", "known-people") not in found
