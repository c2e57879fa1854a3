"""A red team of its own for each test."""

import pytest

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.redteam.campaigns import RedTeam


@pytest.fixture
def redteam(tmp_path):
    return RedTeam(tmp_path / "safety.sqlite", AuditKey(bytes(32)))
