import json

import pytest

from hanazora.cli.main import run
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import AuditEvent


@pytest.fixture(autouse=True)
def block(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    event = AuditEvent(
        event="decision", stage="prompt", action="block", decision_id="d1", category="violence",
        prompt="a crab shell",
    )  # fmt: skip
    open_audit_log().append(event)


def test_an_appeal_reaches_a_reviewer_and_is_decided(capsys):
    assert run(["appeal", "d1", "it is about a beach", "--prompt", "a crab shell"]) == 0
    assert "case 1" in capsys.readouterr().out
    assert run(["review", "list"]) == 0
    assert "prompt: a crab shell" in capsys.readouterr().out
    assert run(["review", "decide", "1", "overturned", "--reviewer", "aki"]) == 0
    assert "overturned by aki" in capsys.readouterr().out
    assert run(["review", "list"]) == 0
    assert capsys.readouterr().out == "no case waits\n"
    assert run(["review", "list", "--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "overturned"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["appeal", "d9", "why"], "no block 'd9'"),
        (["appeal", "d1", "why", "--prompt", "another"], "not the one that was judged"),
        (["review", "decide", "7", "upheld", "--reviewer", "aki"], "no case 7"),
        (["review", "decide", "7", "perhaps", "--reviewer", "aki"], "must be one of"),
        (["report", "urn:1", "--reason", "it shows me", "--category", "noise"], "category"),
    ],
)
def test_a_mistake_is_one_line(arguments, message, capsys):
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_a_video_is_reported_by_the_name_of_its_manifest(capsys):
    assert run(["report", "urn:1", "--reason", "it shows me", "--category", "likeness"]) == 0
    assert "known by manifest" in capsys.readouterr().out
