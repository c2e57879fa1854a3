"""The ledger: what this installation has let out, so that it is recognised without its metadata.

One SQLite file. It keeps manifests, marks and fingerprints; no prompt, no name, no picture. Any
number of processes may write at once: each change is one transaction, and writers wait.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hanazora.core.errors import OutputError
from hanazora.core.paths import make_state_dir, state_dir
from hanazora.provenance.fingerprint import (
    HASH_BYTES,
    MAX_DISTANCE,
    NUM_VARIANTS,
    Fingerprint,
    nearest,
)

_WAIT_S = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    manifest_id TEXT PRIMARY KEY,
    manifest BLOB NOT NULL,
    mark_id INTEGER,
    hashes BLOB NOT NULL,
    overall BLOB NOT NULL,
    policy_sha256 TEXT NOT NULL,
    added_s INTEGER NOT NULL,
    revoked TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS files_by_mark ON files (mark_id);
"""
_COLUMNS = "manifest_id, manifest, mark_id, hashes, overall, policy_sha256, revoked"


class Entry(NamedTuple):
    """A file that left."""

    manifest_id: str
    """Name of its manifest; of its own making where the file left unsigned."""
    manifest: bytes
    """Its manifest store; empty where the file left unsigned."""
    mark_id: int | None
    """Identifier in its watermark; none where it has no mark."""
    fingerprint: Fingerprint
    """What it looks like."""
    policy_sha256: str
    """Hash of the policy it went through."""
    revoked: str = ""
    """Why it must no longer be vouched for; empty for a file in good standing."""


class Match(NamedTuple):
    """A file that looks like the one that was searched for."""

    entry: Entry
    distance: float
    """Share of fingerprint bits that differ."""


class Ledger:
    """An open ledger.

    Args:
        path: the SQLite file; made at first use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        make_state_dir(path.parent)
        with self._transaction() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)

    def add(self, entry: Entry) -> None:
        """Remember a file; the same file made again stays one entry, a revoked one revoked."""
        mark = entry.mark_id
        values = (
            entry.manifest_id, entry.manifest, mark, entry.fingerprint.hashes.tobytes(),
            entry.fingerprint.overall.tobytes(), entry.policy_sha256, int(time.time()),
            entry.revoked,
        )  # fmt: skip
        with self._transaction() as connection:
            connection.execute(
                f"INSERT INTO files ({_COLUMNS.replace('revoked', 'added_s, revoked')}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (manifest_id) DO NOTHING",
                values,
            )

    def get(self, manifest_id: str) -> Entry | None:
        """Return the entry of a manifest."""
        return next(iter(self._select("manifest_id = ?", manifest_id)), None)

    def mark_ids(self) -> list[int]:
        """Return every mark that was given out: one among few is told from less of it."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT DISTINCT mark_id FROM files WHERE mark_id IS NOT NULL"
            ).fetchall()
        return [int(row[0]) for row in rows]

    def find_by_mark(self, mark_id: int) -> list[Entry]:
        """Return every file with a mark, oldest first; several where one request was made twice."""
        return self._select("mark_id = ?", mark_id)

    def find_by_fingerprint(
        self, searched: Sequence[Fingerprint], max_distance: float = MAX_DISTANCE
    ) -> list[Match]:
        """Return every file that looks like the searched one, nearest first.

        Args:
            searched: the forms to look for, from `Fingerprinter.searched`.
            max_distance: share of bits up to which a file counts.
        """
        entries = self._select("1")
        found = nearest(searched, [entry.fingerprint for entry in entries])
        matches = [Match(entry, far) for entry, far in zip(entries, found, strict=True)]
        near = [match for match in matches if match.distance <= max_distance]
        return sorted(near, key=lambda match: match.distance)

    def revoke(self, manifest_id: str, reason: str) -> bool:
        """Note that a file must no longer be vouched for; tell whether it is known."""
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE files SET revoked = ? WHERE manifest_id = ?", (reason, manifest_id)
            )
            return changed.rowcount > 0

    def __len__(self) -> int:
        with self._transaction() as connection:
            return int(connection.execute("SELECT COUNT(*) FROM files").fetchone()[0])

    def _select(self, where: str, *values: str | int) -> list[Entry]:
        with self._transaction() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM files WHERE {where} ORDER BY rowid", values
            ).fetchall()
        return [
            Entry(name, store, mark, _unpacked(hashes, overall), policy, revoked)
            for name, store, mark, hashes, overall, policy, revoked in rows
        ]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=_WAIT_S)
            try:
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise OutputError(f"the ledger {self.path} cannot be used", str(error)) from error


def open_ledger() -> Ledger:
    """Open the ledger of this installation."""
    return Ledger(state_dir() / "ledger.sqlite")


def _unpacked(hashes: bytes, overall: bytes) -> Fingerprint:
    kept = np.frombuffer(hashes, np.uint8).reshape(-1, NUM_VARIANTS, HASH_BYTES)
    return Fingerprint(kept, np.frombuffer(overall, np.uint8))
