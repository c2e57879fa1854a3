"""An audit log of its own for each test."""

import pytest

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import AuditEvent


@pytest.fixture
def log(tmp_path):
    return AuditLog(tmp_path / "audit", AuditKey(bytes(range(32))))


@pytest.fixture
def fill():
    """Return a function that writes so many lines."""

    def write(log, count):
        for number in range(count):
            event = AuditEvent(
                event="decision", stage="prompt", action="block", user=f"user {number}",
                prompt=f"prompt {number}", scores={"violence": number / 7},
            )  # fmt: skip
            log.append(event)

    return write
