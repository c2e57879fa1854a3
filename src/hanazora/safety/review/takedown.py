"""The takedown list: files that must not be shown again, known by hash, manifest, mark or print."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hanazora.safety.database import transaction, utc_now

KINDS = ("sha256", "manifest", "mark", "fingerprint")
"""Ways to know a file again: its bytes, its manifest, its watermark, what it looks like."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS takedowns (
    kind TEXT NOT NULL, value TEXT NOT NULL, review_case INTEGER NOT NULL, added TEXT NOT NULL,
    reviewer TEXT NOT NULL, PRIMARY KEY (kind, value))
"""


class Takedown(NamedTuple):
    """One entry of the list."""

    kind: str
    value: str
    case: int
    added: str
    reviewer: str


class TakedownList:
    """The list of one installation.

    Args:
        path: the database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, subjects: Mapping[str, str], case: int, reviewer: str) -> int:
        """Add every way in which a file can be known again; returns how many there are.

        Args:
            subjects: value by kind, see `KINDS`.
            case: the case that decided it.
            reviewer: who decided it.
        """
        rows = [
            (kind, subjects[kind], case, utc_now(), reviewer) for kind in KINDS if kind in subjects
        ]
        with transaction(self.path, _SCHEMA) as database:
            database.executemany("INSERT OR REPLACE INTO takedowns VALUES (?, ?, ?, ?, ?)", rows)
        return len(rows)

    def find(self, subjects: Mapping[str, str]) -> Takedown | None:
        """Return the entry that a file is on the list by; none when it is not.

        Fingerprints are compared exactly here; the ledger finds the near ones and gives theirs.
        """
        with transaction(self.path, _SCHEMA) as database:
            for kind in KINDS:
                if kind not in subjects:
                    continue
                row = database.execute(
                    "SELECT * FROM takedowns WHERE kind = ? AND value = ?", (kind, subjects[kind])
                ).fetchone()
                if row:
                    return Takedown(*row)
        return None

    def entries(self) -> list[Takedown]:
        """Return the whole list, oldest first."""
        with transaction(self.path, _SCHEMA) as database:
            rows = database.execute("SELECT * FROM takedowns ORDER BY added, rowid").fetchall()
        return [Takedown(*row) for row in rows]
