"""The one SQLite file of the safety room: grants, openings, cases, takedowns, red-team records.

Every table that names a user or a prompt holds a keyed hash of it. Connections are short: one
block, one transaction, undone as a whole when the block fails.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hanazora.core.errors import UserError
from hanazora.core.paths import make_state_dir, state_dir

DATABASE_NAME = "safety.sqlite"
_WAIT_S = 30.0


def database_path() -> Path:
    """Return where the database of this installation lies."""
    return state_dir() / DATABASE_NAME


@contextlib.contextmanager
def transaction(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Open the database for one transaction; another process that writes is waited for.

    Args:
        path: the file; made with its tables when absent, readable by its owner only.
        schema: statements of the form CREATE TABLE IF NOT EXISTS.

    Raises:
        UserError: the file cannot be used.
    """
    make_state_dir(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise UserError(f"cannot open {path}", str(error)) from error
    try:
        connection.row_factory = sqlite3.Row
        # The lock is taken at once: two processes that read first and write then would both fail.
        connection.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, schema.split(";")):
            connection.execute(statement)
        yield connection
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise UserError(f"cannot use {path}", str(error)) from error
    except sqlite3.DatabaseError as error:
        raise UserError(f"{path} is damaged or of another program", str(error)) from error
    finally:
        connection.close()  # what was not committed is undone


def utc_now() -> str:
    """Return the time as it is written into tables: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
