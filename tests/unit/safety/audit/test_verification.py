import random

import pytest

from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.log import AuditLog
from hanazora.safety.audit.record import START, Link
from hanazora.safety.audit.segments import HEAD_NAME, segment_paths
from hanazora.safety.audit.verification import read_records, verify_log

NUM_LINES = 12


@pytest.fixture
def lines(log, fill):
    fill(log, NUM_LINES)
    (path,) = segment_paths(log.directory)
    return path.read_bytes().splitlines(keepends=True)


def problem_of(log, lines):
    (path,) = segment_paths(log.directory)
    path.write_bytes(b"".join(lines))
    return verify_log(log).problem


def test_a_whole_log_is_fine(log, lines):
    checked = verify_log(log)
    assert checked.ok and checked.num_records == len(lines) == NUM_LINES
    assert (checked.first, checked.last.seq) == (START, NUM_LINES)
    assert verify_log(log, checked.last).ok


def test_an_empty_log_is_fine(log):
    assert verify_log(log).ok and verify_log(log).num_records == 0


def test_every_changed_bit_is_found(log, lines):
    draw = random.Random(0)
    content = b"".join(lines)
    for _ in range(300):
        at, bit = draw.randrange(len(content)), 1 << draw.randrange(8)
        changed = bytearray(content)
        changed[at] ^= bit
        assert problem_of(log, [bytes(changed)]), f"bit {bit} of byte {at}"
    assert problem_of(log, lines) == ""


def test_every_removed_line_is_found(log, lines):
    for number in range(NUM_LINES):
        assert problem_of(log, lines[:number] + lines[number + 1 :]), number


def test_every_swap_of_two_lines_is_found(log, lines):
    for one in range(NUM_LINES):
        for other in range(one + 1, NUM_LINES):
            moved = list(lines)
            moved[one], moved[other] = moved[other], moved[one]
            assert problem_of(log, moved), (one, other)


def test_every_repeated_or_inserted_line_is_found(log, lines):
    for number in range(NUM_LINES - 1):
        assert problem_of(log, [*lines[: number + 1], lines[number], *lines[number + 1 :]])
        assert problem_of(log, [*lines[:number], b"{}\n", *lines[number:]])


def test_every_cut_is_found(log, lines):
    content = b"".join(lines)
    for size in range(0, len(content), 11):
        assert problem_of(log, [content[:size]]), size


def test_a_line_of_another_key_is_found(tmp_path, log, lines, fill):

    forged = AuditLog(tmp_path / "forged", AuditKey(bytes([9] * 32)))
    fill(forged, 1)
    (path,) = segment_paths(forged.directory)
    assert problem_of(log, [path.read_bytes(), *lines[1:]])
    assert "changed" in verify_log(AuditLog(log.directory, forged.key)).problem


def test_a_removed_segment_and_a_removed_head_are_found(log, lines):
    head = log.directory / HEAD_NAME
    kept = head.read_bytes()
    head.unlink()
    assert "head" in verify_log(log).problem
    head.write_bytes(kept)
    segment_paths(log.directory)[0].unlink()
    assert "is gone" in verify_log(log).problem


def test_a_noted_place_shows_a_log_that_was_put_back(log, lines, fill):
    (path,) = segment_paths(log.directory)
    head = (log.directory / HEAD_NAME).read_bytes()
    fill(log, 1)
    noted = verify_log(log).last
    path.write_bytes(b"".join(lines))
    (log.directory / HEAD_NAME).write_bytes(head)
    assert verify_log(log).ok  # the disk alone cannot tell
    assert "not the one that was noted" in verify_log(log, noted).problem
    assert not verify_log(log, Link(3, "0" * 64)).ok


def test_records_come_back_as_they_were_written(log, fill):
    fill(log, 2)
    records = list(read_records(log))
    assert records[1]["scores"] == {"violence": 1 / 7}
    assert records[1]["prompt"] == log.key.prompt("prompt 1")
