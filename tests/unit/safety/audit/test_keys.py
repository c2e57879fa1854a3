import pytest

from hanazora.core.errors import UserError
from hanazora.safety.audit.keys import AuditKey, load_audit_key


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "keys" / "audit.key"
    first = load_audit_key(path)
    assert load_audit_key(path).prompt("a") == first.prompt("a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["audit.key"]


def test_a_key_that_others_read_is_refused(tmp_path):
    path = tmp_path / "audit.key"
    load_audit_key(path)
    path.chmod(0o644)
    with pytest.raises(UserError, match="can be read by others"):
        load_audit_key(path)


def test_a_lost_key_is_not_replaced_where_a_log_needs_it(tmp_path):
    with pytest.raises(UserError, match="missing"):
        load_audit_key(tmp_path / "audit.key", create=False)


def test_a_short_key_is_refused():
    with pytest.raises(UserError, match="3 bytes"):
        AuditKey(b"abc")


def test_hashes_differ_by_key_by_use_and_by_text():
    one, other = AuditKey(bytes(32)), AuditKey(bytes([1] * 32))
    hashes = {one.user("a"), one.prompt("a"), one.prompt("b"), other.prompt("a"), one.seal(b"a")}
    assert len(hashes) == 5
    assert one.user("") == ""
