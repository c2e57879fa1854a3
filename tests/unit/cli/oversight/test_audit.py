import json

import pytest

from hanazora.cli.main import run
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.audit.segments import segment_paths


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    made = open_audit_log()
    for decision in ("d1", "d2"):
        made.append(AuditEvent(event="decision", action="block", decision_id=decision))
    return made


def test_a_whole_log_gives_its_last_line(capsys):
    assert run(["audit", "verify", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] and facts["records"] == 2
    assert run(["audit", "verify", "--anchor", facts["last"]]) == 0
    assert facts["last"] in capsys.readouterr().out
    assert run(["audit", "verify", "--anchor", "2"]) == 2


def test_a_changed_line_is_damage(log, capsys):
    (path,) = segment_paths(log.directory)
    path.write_bytes(path.read_bytes().replace(b"block", b"allow"))
    assert run(["audit", "verify"]) == 4
    assert "DAMAGED" in capsys.readouterr().out


def test_lines_are_exported_for_a_reviewer(tmp_path, capsys):
    assert run(["audit", "export", "--decision", "d2"]) == 0
    assert json.loads(capsys.readouterr().out)["seq"] == 2
    path = tmp_path / "export.jsonl"
    assert run(["audit", "export", "-o", str(path), "--event", "grant"]) == 0
    assert path.read_text() == ""


def test_nothing_new_expires(capsys):
    assert run(["audit", "retain", "30"]) == 0
    assert "nothing is older than 30 days" in capsys.readouterr().out
