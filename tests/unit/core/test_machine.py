import numpy as np

from hanazora.core import machine
from hanazora.core.machine import (
    available_memory_bytes,
    free_disk_bytes,
    num_processors,
    peak_resident_bytes,
)


def test_this_machine_has_something():
    assert available_memory_bytes() > 1 << 20
    assert num_processors() >= 1


def test_the_peak_follows_what_was_taken():
    before = peak_resident_bytes()
    assert 1 << 20 < before < 1 << 42
    taken = np.ones(before // 8 + (1 << 23))
    assert peak_resident_bytes() >= before + taken.nbytes // 2


def test_disk_of_a_place_that_does_not_exist_yet(tmp_path):
    assert free_disk_bytes(tmp_path / "no" / "such" / "a.mp4") > 0


def test_a_container_s_limit_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    whole = available_memory_bytes()
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 900\ninactive_file 100\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory_bytes() > whole / 2
    (tmp_path / "memory.max").write_text("5000\n")
    assert available_memory_bytes() == 4100
