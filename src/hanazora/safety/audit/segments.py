"""The files of the audit log: one segment of lines per day, and a head that says where it ends.

The head (how many lines, the hash of the last, the size of its segment) is written after each line
and sealed with the key. It is what shows that lines were cut off the end, which a chain alone
cannot. Only what lies behind the head may be unfinished: a process was killed between the line and
the head, or in the middle of a line.
"""

import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.paths import write_text
from hanazora.safety.audit.keys import AuditKey
from hanazora.safety.audit.record import START, Link

HEAD_NAME = "head.json"
SUFFIX = ".jsonl"


class AuditError(UserError):
    """The audit log is not what was written: nothing is added to it until a person has looked."""


class Head(NamedTuple):
    """Where the log ends."""

    last: Link
    """The last line that was finished."""
    segment: str
    """File that holds it; empty for an empty log."""
    size_bytes: int
    """Length of that file up to and with the line."""


class Pending(NamedTuple):
    """What lies behind the head."""

    segment: str
    """File it lies in."""
    start: int
    """Where it begins in the file."""
    content: bytes


EMPTY = Head(START, "", 0)


def segment_paths(directory: Path) -> list[Path]:
    """Return the segments, oldest first."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def read_head(directory: Path, key: AuditKey) -> Head:
    """Return where the log ends.

    Raises:
        AuditError: the head was changed, or is gone while lines are there.
    """
    path = directory / HEAD_NAME
    if not path.exists():
        if segment_paths(directory):
            raise AuditError("the head of the audit log is gone", "it is written before any line")
        return EMPTY
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        last = Link(int(data["seq"]), str(data["hash"]))
        head = Head(last, str(data["segment"]), int(data["size_bytes"]))
        sealed = hmac.compare_digest(str(data["seal"]), _seal(head, key))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AuditError("the head of the audit log cannot be read", repr(error)) from error
    if not sealed:
        raise AuditError("the head of the audit log was changed", "its seal does not fit")
    return head


def write_head(directory: Path, head: Head, key: AuditKey) -> None:
    """Write where the log ends, whole or not at all."""
    fields = {
        "seq": head.last.seq,
        "hash": head.last.hash,
        "segment": head.segment,
        "size_bytes": head.size_bytes,
        "seal": _seal(head, key),
    }
    write_text(directory / HEAD_NAME, json.dumps(fields) + "\n")


def read_pending(directory: Path, head: Head) -> Pending:
    """Return what lies behind the head; empty content after an orderly end.

    Raises:
        AuditError: lines that the head names are gone, or files were added.
    """
    if head.segment and not (directory / head.segment).exists():
        raise AuditError(f"{head.segment} is gone from the audit log", "its head names it")
    found = Pending(head.segment, head.size_bytes, b"")
    for path in segment_paths(directory):
        if path.name < head.segment:
            continue
        start = head.size_bytes if path.name == head.segment else 0
        if path.stat().st_size < start:
            raise AuditError(f"lines were cut off {path.name}", f"it had {start} bytes")
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
        if content and found.content:
            raise AuditError(f"{path.name} was added to the audit log", "not by this program")
        if content:
            found = Pending(path.name, start, content)
    return found


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a segment with their ends; a torn last one has none."""
    with path.open("rb") as file:
        yield from file


def _seal(head: Head, key: AuditKey) -> str:
    facts = ["head", str(head.last.seq), head.last.hash, head.segment, str(head.size_bytes)]
    return key.seal(" ".join(facts).encode())
