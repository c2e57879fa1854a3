import concurrent.futures
import sqlite3

import numpy as np
import pytest

from hanazora.core.errors import OutputError
from hanazora.provenance.fingerprint import Fingerprinter, fingerprint
from hanazora.provenance.ledger import Entry, Ledger, open_ledger


def noise(seed):
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 6, 8, 3), dtype=np.uint8)
    return coarse.repeat(4, axis=1).repeat(4, axis=2)


def entry(seed, **changes):
    made = Entry(f"urn:c2pa:{seed}", b"store", seed, fingerprint(noise(seed), 4), "policy")
    return made._replace(**changes)


def forms(seed):
    taker = Fingerprinter(4)
    taker.see(noise(seed))
    return taker.searched()


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "state" / "ledger.sqlite")


def test_a_file_is_found_by_name_mark_and_looks(ledger):
    for seed in range(3):
        ledger.add(entry(seed))
    found = ledger.get("urn:c2pa:1")
    assert (found.manifest, found.mark_id, found.policy_sha256) == (b"store", 1, "policy")
    assert [one.manifest_id for one in ledger.find_by_mark(2)] == ["urn:c2pa:2"]
    matches = ledger.find_by_fingerprint(forms(1))
    assert [match.entry.manifest_id for match in matches] == ["urn:c2pa:1"]
    assert matches[0].distance == 0
    assert ledger.get("urn:c2pa:9") is None
    assert ledger.find_by_mark(9) == []
    assert ledger.find_by_fingerprint(forms(9)) == []


def test_a_file_without_a_mark_is_not_found_by_one(ledger):
    ledger.add(entry(1, mark_id=None))
    ledger.add(entry(2))
    assert ledger.find_by_mark(0) == []
    assert ledger.mark_ids() == [2]
    assert ledger.get("urn:c2pa:1").mark_id is None


def test_the_same_file_again_is_one_entry_and_stays_revoked(ledger):
    ledger.add(entry(1))
    assert ledger.revoke("urn:c2pa:1", "taken down")
    ledger.add(entry(1))
    assert len(ledger) == 1
    assert ledger.get("urn:c2pa:1").revoked == "taken down"
    assert not ledger.revoke("urn:c2pa:9", "unknown")


def test_many_writers_lose_nothing(ledger):
    def write(seed):
        Ledger(ledger.path).add(entry(seed))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert len(ledger) == 24


def test_a_broken_ledger_is_one_line(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_text("this is no database, and it is long enough to be read as one" * 20)
    with pytest.raises(OutputError, match="cannot be used"):
        Ledger(path)


def test_the_ledger_lies_in_the_state_directory(home):
    ledger = open_ledger()
    assert ledger.path == home / "ledger.sqlite"
    with sqlite3.connect(ledger.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
