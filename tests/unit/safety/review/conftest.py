"""A reviewer queue of its own for each test, with one block in its audit log."""

import pytest

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.review.queue import ReviewQueue


@pytest.fixture
def queue(tmp_path):
    log = AuditLog(tmp_path / "audit", AuditKey(bytes(32)))
    block = AuditEvent(
        event="decision", stage="prompt", action="block", decision_id="d1", category="violence",
        prompt="a crab shell", user="mika",
    )  # fmt: skip
    log.append(block)
    log.append(AuditEvent(event="decision", stage="prompt", action="allow", decision_id="d2"))
    return ReviewQueue(tmp_path / "safety.sqlite", log, tmp_path / "labels.jsonl")
