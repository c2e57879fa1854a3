"""Walks the whole audit log and finds a line that was changed, removed, moved or cut off.

What it cannot find: somebody with the key, and somebody who puts back the whole directory as it was
at an earlier time. Against the second, keep the last sequence number and hash elsewhere (`audit
verify` prints them) and give them back as the anchor.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from hanazora.safety.audit.log import AuditLog, recovery_detail
from hanazora.safety.audit.record import START, Link, Record, link_of, read_line
from hanazora.safety.audit.segments import (
    EMPTY,
    AuditError,
    Head,
    read_head,
    read_lines,
    read_pending,
    segment_paths,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What a walk through the log found."""

    num_records: int
    """Lines that are there and fit."""
    first: Link
    """The place before the first line; not the start once segments have expired."""
    last: Link
    """The last line: what to keep elsewhere as an anchor."""
    num_recovered: int
    """Times a killed writer left a torn piece."""
    problem: str
    """What is wrong first; empty where nothing is."""

    @property
    def ok(self) -> bool:
        """Whether the log is what was written."""
        return not self.problem


@dataclass
class _Walk:
    """How far a walk has come."""

    first: Link | None = None
    last: Link = START
    num_records: int = 0
    num_recovered: int = 0
    expired: set[str] = field(default_factory=set)
    at_head: str = ""
    at_anchor: str = ""


def verify_log(log: AuditLog, anchor: Link | None = None) -> Verification:
    """Check every line of the log against the chain, the head and a place kept elsewhere.

    Args:
        log: the log; locked meanwhile.
        anchor: a place of the chain that was noted earlier.
    """
    walk, problem = _Walk(), ""
    with log.locked():
        try:
            head = read_head(log.directory, log.key)
            read_pending(log.directory, head)
            for record in _records(log, walk, head):
                if record.get("event") == "expired":
                    walk.expired.add(str(record.get("detail")))
                if anchor is not None and record["seq"] == anchor.seq:
                    walk.at_anchor = str(record["hash"])
            _check_ends(walk, head, anchor)
        except AuditError as error:
            problem = str(error)
    return Verification(
        num_records=walk.num_records,
        first=walk.first or START,
        last=walk.last,
        num_recovered=walk.num_recovered,
        problem=problem,
    )


def read_records(log: AuditLog) -> Iterator[Record]:
    """Yield every line of the log in order; others may append meanwhile.

    Raises:
        AuditError: at the first line that does not fit.
    """
    yield from _records(log, _Walk(), read_head(log.directory, log.key))


def _records(log: AuditLog, walk: _Walk, head: Head) -> Iterator[Record]:
    for path in segment_paths(log.directory):
        torn, at = b"", 0
        for number, line in enumerate(read_lines(path), start=1):
            if walk.first is None:
                walk.first = walk.last = _place_before(line)
            record = read_line(line.removesuffix(b"\n"), log.key, walk.last)
            if record is not None and line.endswith(b"\n") and _explains(record, torn):
                walk.num_recovered += bool(torn)
                torn = b""
                walk.num_records, walk.last = walk.num_records + 1, link_of(record)
                if walk.last.seq == head.last.seq:
                    walk.at_head = walk.last.hash
                yield record
            elif not torn:
                torn, at = line, number
            else:
                torn += line
        if torn and walk.last.seq < head.last.seq:
            raise AuditError(
                f"line {at} of {path.name} does not follow the line before it",
                "it was changed, or lines were removed, added or moved",
            )


def _explains(record: Record, torn: bytes) -> bool:
    """Whether what lies before a record is what it says: nothing, or the piece that it names."""
    if record.get("event") != "recovered":
        return not torn
    return record.get("detail") == recovery_detail(torn)


def _place_before(line: bytes) -> Link:
    """Return the place that the oldest line there is says it follows; the start if it is torn."""
    try:
        record = json.loads(line)
        return Link(int(record["seq"]) - 1, str(record["prev"]))
    except (ValueError, KeyError, TypeError):
        return START


def _check_ends(walk: _Walk, head: Head, anchor: Link | None) -> None:
    first = walk.first or START
    if head != EMPTY and walk.last.seq < head.last.seq:
        missing = head.last.seq - walk.last.seq
        raise AuditError(f"{missing} lines are missing at the end of the audit log")
    if head != EMPTY and walk.at_head != head.last.hash:
        raise AuditError("the audit log does not lead to its head", "it was written anew")
    if first != START and not any(
        detail.endswith(f" ended at {first.seq} {first.hash}") for detail in walk.expired
    ):
        raise AuditError(f"the first {first.seq} lines are gone", "no line says that they expired")
    if anchor is None:
        return
    passed = any(int(detail.split()[-2]) >= anchor.seq for detail in walk.expired)
    if walk.at_anchor != anchor.hash and not passed:
        raise AuditError(f"line {anchor.seq} is not the one that was noted", anchor.hash[:16])
