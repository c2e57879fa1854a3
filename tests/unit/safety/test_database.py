import sqlite3

import pytest

from hanazora.core.errors import UserError
from hanazora.safety.database import database_path, transaction, utc_now

SCHEMA = "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY); "


def test_a_block_is_one_transaction(tmp_path):
    path = tmp_path / "new" / "a.sqlite"
    with transaction(path, SCHEMA) as database:
        database.execute("INSERT INTO things VALUES ('kept')")
    with pytest.raises(RuntimeError), transaction(path, SCHEMA) as database:
        database.execute("INSERT INTO things VALUES ('undone')")
        raise RuntimeError
    with transaction(path, SCHEMA) as database:
        assert [row["name"] for row in database.execute("SELECT * FROM things")] == ["kept"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_of_something_else_is_one_line(tmp_path):
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"no database at all, but long enough to look like one" * 40)
    with pytest.raises(UserError, match="damaged"), transaction(path, SCHEMA):
        pass
    with pytest.raises(UserError, match="cannot open"), transaction(tmp_path, SCHEMA):
        pass


def test_a_second_writer_waits_for_the_first(tmp_path):
    path = tmp_path / "a.sqlite"
    with transaction(path, SCHEMA):
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_it_lies_in_the_state_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    assert database_path().parent == tmp_path
    assert utc_now().endswith("+00:00")
