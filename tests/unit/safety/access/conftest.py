"""Access rules, a store and a red team of their own for each test."""

import pytest

from hanazora.safety.access.grants import AccessStore
from hanazora.safety.access.tiers import load_access
from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.redteam.campaigns import RedTeam

KEY = AuditKey(bytes(32))


@pytest.fixture
def rules():
    return load_access()[0]


@pytest.fixture
def store(tmp_path, rules):
    return AccessStore(tmp_path / "safety.sqlite", KEY, rules)


@pytest.fixture
def redteam(tmp_path):
    return RedTeam(tmp_path / "safety.sqlite", KEY)


@pytest.fixture
def log(tmp_path):
    return AuditLog(tmp_path / "audit", KEY)
