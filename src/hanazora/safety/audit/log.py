"""The audit log: append-only JSON Lines under a file lock, safe against other writers and kill -9.

Every append takes the lock, brings the log to an orderly end if the last writer was killed, writes
one line, flushes it to the disk and moves the head. What a killed writer left behind the head is
kept: a whole line counts, a torn piece stays where it is and the next line ("recovered") names its
hash, so the file is only ever added to.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hanazora.core.paths import make_state_dir, output_error, state_dir, wait_for_lock
from hanazora.safety.audit.keys import AuditKey, key_path, load_audit_key
from hanazora.safety.audit.record import AuditEvent, Link, build_record, encode, link_of, read_line
from hanazora.safety.audit.segments import (
    EMPTY,
    HEAD_NAME,
    SUFFIX,
    AuditError,
    Head,
    Pending,
    read_head,
    read_lines,
    read_pending,
    segment_paths,
    write_head,
)

LOCK_NAME = "lock"


class AuditLog:
    """An open audit log; any number of processes may hold one on the same directory.

    Args:
        directory: where the segments lie; made at the first line.
        key: the key of the installation.
    """

    def __init__(self, directory: Path, key: AuditKey) -> None:
        self.directory = directory
        self.key = key

    def append(self, event: AuditEvent) -> Link:
        """Add one line and return its place in the chain; when this returns it is on the disk.

        Raises:
            AuditError: lines that were finished are gone; nothing is added.
            OutputError: the disk is full or refuses.
        """
        with self.locked():
            return self._write(self._settle(), event).last

    def expire(self, days: int, today: date | None = None) -> list[str]:
        """Delete the segments older than so many days and say so in the log.

        Args:
            days: segments of the last this many days stay; the newest always does.
            today: the day to count from.

        Returns:
            The names of the deleted segments.
        """
        limit = ((today or datetime.now(UTC).date()) - timedelta(days=days)).isoformat()
        expired = []
        with self.locked():
            head = self._settle()
            for path in segment_paths(self.directory):
                if path.stem >= limit or path.name == head.segment:
                    break
                # The line comes first: a segment that is gone without one would be an alarm.
                last = self._last_link(path)
                detail = expiry_detail(path.name, last)
                head = self._write(head, AuditEvent(event="expired", detail=detail))
                path.unlink()
                expired.append(path.name)
        return expired

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from the log."""
        make_state_dir(self.directory)
        with (self.directory / LOCK_NAME).open("a") as file:
            wait_for_lock(file)
            yield

    def _settle(self) -> Head:
        """Bring the log to an orderly end and return it."""
        for leftover in self.directory.glob(f".{Path(HEAD_NAME).stem}-*.partial"):
            leftover.unlink()
        head = read_head(self.directory, self.key)
        if head == EMPTY:
            write_head(self.directory, EMPTY, self.key)
        pending = read_pending(self.directory, head)
        if not pending.content:
            return head
        rest = pending
        for line in pending.content.splitlines(keepends=True):
            record = read_line(line.removesuffix(b"\n"), self.key, head.last)
            if record is None or not line.endswith(b"\n"):
                break
            end = rest.start + len(line)
            head = Head(link_of(record), rest.segment, end)
            rest = Pending(rest.segment, end, rest.content[len(line) :])
        if rest.content:
            return self._recover(head, rest)
        write_head(self.directory, head, self.key)
        return head

    def _recover(self, head: Head, torn: Pending) -> Head:
        end = b"" if torn.content.endswith(b"\n") else b"\n"
        detail = recovery_detail(torn.content + end)
        start = Head(head.last, torn.segment, torn.start + len(torn.content))
        return self._write(start, AuditEvent(event="recovered", detail=detail), lead=end)

    def _write(self, head: Head, event: AuditEvent, lead: bytes = b"") -> Head:
        now = datetime.now(UTC)
        record = build_record(event, self.key, head.last, now.isoformat(timespec="milliseconds"))
        line = lead + encode(record) + b"\n"
        # A clock that was set back goes on in the newest segment, so that names stay in order.
        segment = head.segment if lead else max(head.segment, f"{now.date().isoformat()}{SUFFIX}")
        start = head.size_bytes if segment == head.segment else 0
        _append_bytes(self.directory / segment, line)
        head = Head(link_of(record), segment, start + len(line))
        write_head(self.directory, head, self.key)
        return head

    def _last_link(self, path: Path) -> Link:
        """Return the last whole record of a segment by reading it through."""
        *_, line = read_lines(path)
        try:
            return link_of(json.loads(line))
        except (ValueError, KeyError) as error:
            raise AuditError(
                f"the last line of {path.name} cannot be read", "it was changed"
            ) from error


def open_audit_log(directory: Path | None = None) -> AuditLog:
    """Open the audit log of this installation; its key is made at first use.

    Raises:
        UserError: the key is missing although there is a log, or others may read it.
    """
    directory = directory or audit_dir()
    return AuditLog(directory, load_audit_key(key_path(), create=not segment_paths(directory)))


def audit_dir() -> Path:
    """Return where the audit log of this installation lies."""
    return state_dir() / "audit"


def recovery_detail(torn: bytes) -> str:
    """Return how a recovered line names the torn piece before it, its end of line included."""
    return f"{len(torn)} bytes, sha256 {hashlib.sha256(torn).hexdigest()}"


def expiry_detail(segment: str, last: Link) -> str:
    """Return how a line names a segment that is deleted after its time."""
    return f"{segment} ended at {last.seq} {last.hash}"


def _append_bytes(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            written = 0
            while written < len(content):
                written += file.write(content[written:])
            os.fsync(file.fileno())
    except OSError as error:
        raise output_error(path, error) from error
