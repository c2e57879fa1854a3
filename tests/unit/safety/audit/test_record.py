import json

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.record import (
    START,
    AuditEvent,
    Link,
    build_record,
    decision_event,
    encode,
    link_of,
    read_line,
)
from hanazora.safety.findings import Finding, Verdict

KEY = AuditKey(bytes(32))
TIME = "2026-11-22T12:00:00.000+00:00"


def test_a_line_holds_hashes_instead_of_texts():
    event = AuditEvent(event="decision", user="mika@example.org", prompt="a red truck")
    line = encode(build_record(event, KEY, START, TIME)).decode()
    assert "mika" not in line and "truck" not in line
    record = json.loads(line)
    assert record["prompt"] == KEY.prompt("a red truck")
    assert record["user"] == KEY.user("mika@example.org")
    assert "rule" not in record


def test_a_line_follows_one_place_only():
    record = build_record(AuditEvent(event="decision"), KEY, START, TIME)
    line = encode(record)
    assert read_line(line, KEY, START) == record
    assert link_of(record) == Link(1, record["hash"])
    assert read_line(line, KEY, Link(1, START.hash)) is None
    assert read_line(line, KEY, Link(0, "1" * 64)) is None
    assert read_line(line, AuditKey(bytes([1] * 32)), START) is None
    assert read_line(b" " + line, KEY, START) is None
    assert read_line(b"NaN", KEY, START) is None


def test_a_verdict_is_remembered_with_the_highest_score_of_each_category():
    findings = (
        Finding("violence", 0.4, "patterns/a"),
        Finding("violence", 0.9, "patterns/b"),
        Finding("hate", float("nan"), "moderator/c"),
    )
    verdict = Verdict("block", "violence", "patterns/b", (0, 3), "d1", "no", findings)
    event = decision_event(verdict, stage="prompt", prompt="text", tier="general")
    assert event.scores == {"violence": 0.9, "hate": 1.0}
    assert (event.action, event.rule, event.decision_id) == ("block", "patterns/b", "d1")
    encode(build_record(event, KEY, START, TIME))
