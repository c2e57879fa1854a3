import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from hanazora.safety.audit.log import AuditLog, audit_dir, open_audit_log
from hanazora.safety.audit.record import AuditEvent
from hanazora.safety.audit.segments import AuditError, read_head, segment_paths, write_head
from hanazora.safety.audit.verification import read_records, verify_log

WRITER = """
import sys
from pathlib import Path
from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import AuditEvent

log = AuditLog(Path(sys.argv[1]), AuditKey(bytes(range(32))))
for number in range(int(sys.argv[2])):
    link = log.append(AuditEvent(event="decision", prompt=f"{sys.argv[3]} {number}"))
    print(link.seq, flush=True)
"""


def writer(log, count, name):
    command = [sys.executable, "-c", WRITER, str(log.directory), str(count), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def test_lines_are_appended_in_order(log, fill):
    fill(log, 3)
    assert [record["seq"] for record in read_records(log)] == [1, 2, 3]
    assert log.append(AuditEvent(event="grant")).seq == 4
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in segment_paths(log.directory))


def test_two_processes_write_one_chain(log):
    both = [writer(log, 40, name) for name in ("a", "b")]
    numbers = [int(line) for process in both for line in process.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == list(range(1, 81))
    checked = verify_log(log)
    assert (checked.ok, checked.num_records, checked.num_recovered) == (True, 80, 0)


def test_a_killed_writer_loses_nothing_that_it_was_told_is_written(log):
    acknowledged = 0
    for attempt in range(3):
        process = writer(log, 10_000, f"attempt {attempt}")
        process.stdout.readline()
        time.sleep(0.05 + 0.03 * attempt)
        process.send_signal(signal.SIGKILL)
        rest = process.communicate(timeout=60)[0].split()
        acknowledged = int(rest[-1]) if rest else acknowledged + 1
        assert log.append(AuditEvent(event="grant")).seq > acknowledged
        checked = verify_log(log)
        assert checked.ok and checked.last.seq > acknowledged, checked.problem


def test_a_write_cut_off_at_any_byte_is_recovered(tmp_path, log, fill):
    fill(log, 2)
    head = read_head(log.directory, log.key)
    fill(log, 1)
    (path,) = segment_paths(log.directory)
    content = path.read_bytes()
    for size in range(head.size_bytes, len(content) + 1, 7):
        copy = AuditLog(tmp_path / f"cut {size}", log.key)
        copy.directory.mkdir()
        (copy.directory / path.name).write_bytes(content[:size])
        write_head(copy.directory, head, log.key)
        assert verify_log(copy).ok  # what is unfinished is no damage
        copy.append(AuditEvent(event="grant"))
        checked = verify_log(copy)
        assert checked.ok, checked.problem
        torn = size not in (head.size_bytes, len(content))
        assert checked.num_recovered == torn
        assert (copy.directory / path.name).read_bytes().startswith(content[:size])


def test_a_torn_piece_that_is_removed_later_is_noticed(log, fill):
    fill(log, 1)
    (path,) = segment_paths(log.directory)
    with path.open("ab") as file:
        file.write(b'{"torn')
    fill(log, 1)
    assert verify_log(log).num_recovered == 1
    path.write_bytes(path.read_bytes().replace(b'{"torn\n', b""))
    assert not verify_log(log).ok


def test_nothing_is_added_to_a_log_whose_end_was_cut_off(log, fill):
    fill(log, 2)
    (path,) = segment_paths(log.directory)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AuditError, match="cut off"):
        log.append(AuditEvent(event="grant"))


def test_old_segments_expire_and_the_log_says_so(log, fill):
    fill(log, 2)
    (path,) = segment_paths(log.directory)
    old = path.with_name("2026-01-01.jsonl")
    path.rename(old)  # as if the two lines had been written then
    head = read_head(log.directory, log.key)
    write_head(log.directory, head._replace(segment=old.name), log.key)
    fill(log, 1)
    assert log.expire(30, date(2026, 1, 20)) == []
    assert log.expire(30, date(2026, 2, 20)) == ["2026-01-01.jsonl"]
    checked = verify_log(log)
    assert (checked.ok, checked.first.seq, checked.last.seq) == (True, 2, 4)
    (path,) = segment_paths(log.directory)
    assert log.expire(0, date(2999, 1, 1)) == [] and path.exists()


def test_the_log_of_the_installation_lies_in_the_state_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    assert open_audit_log().append(AuditEvent(event="grant")).seq == 1
    assert audit_dir() == tmp_path / "audit"
    assert verify_log(open_audit_log()).num_records == 1
    (tmp_path / "keys" / "audit.key").unlink()
    with pytest.raises(ValueError, match="missing"):
        open_audit_log()
