import json

import pytest

from hanazora.safety.audit.record import Link
from hanazora.safety.audit.segments import (
    EMPTY,
    HEAD_NAME,
    AuditError,
    Head,
    Pending,
    read_head,
    read_pending,
    segment_paths,
    write_head,
)


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "2026-01-01.jsonl").write_bytes(b"one\n")
    (tmp_path / "2026-01-02.jsonl").write_bytes(b"two\nthr")
    return tmp_path


def test_the_head_says_where_the_log_ends(tmp_path, log):
    head = Head(Link(3, "a" * 64), "2026-01-01.jsonl", 99)
    assert read_head(tmp_path, log.key) == EMPTY
    write_head(tmp_path, head, log.key)
    assert read_head(tmp_path, log.key) == head


def test_a_changed_head_is_refused(tmp_path, log):
    write_head(tmp_path, Head(Link(3, "a" * 64), "x.jsonl", 99), log.key)
    path = tmp_path / HEAD_NAME
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "seq": 2}))
    with pytest.raises(AuditError, match="was changed"):
        read_head(tmp_path, log.key)
    path.write_text("{")
    with pytest.raises(AuditError, match="cannot be read"):
        read_head(tmp_path, log.key)
    path.unlink()
    (tmp_path / "x.jsonl").touch()
    with pytest.raises(AuditError, match="is gone"):
        read_head(tmp_path, log.key)


def test_what_lies_behind_the_head_is_found(directory):
    head = Head(Link(2, ""), "2026-01-02.jsonl", 4)
    assert read_pending(directory, head) == Pending("2026-01-02.jsonl", 4, b"thr")
    assert [path.name for path in segment_paths(directory)] == [
        "2026-01-01.jsonl",
        "2026-01-02.jsonl",
    ]


def test_what_no_killed_process_leaves_is_refused(directory):
    with pytest.raises(AuditError, match="cut off"):
        read_pending(directory, Head(Link(2, ""), "2026-01-02.jsonl", 8))
    with pytest.raises(AuditError, match="is gone"):
        read_pending(directory, Head(Link(2, ""), "2026-01-03.jsonl", 0))
    with pytest.raises(AuditError, match="was added"):
        read_pending(directory, Head(Link(2, ""), "2026-01-01.jsonl", 1))
