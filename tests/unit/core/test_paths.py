import contextlib
import errno
import os
import threading
import time

import numpy as np
import pytest
from safetensors.numpy import save_file

from hanazora.core.errors import OutputError, UserError
from hanazora.core.paths import (
    atomic_path,
    bundled_model_dir,
    hold_lock,
    make_state_dir,
    scratch_path,
    state_dir,
    telling_full_disk,
    wait_for_lock,
    write_bytes,
    write_text,
)


def test_the_file_appears_whole_under_its_name(tmp_path):
    path = tmp_path / "a.json"
    with atomic_path(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_bytes(b"new")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    with pytest.raises(OutputError, match="no space left"), atomic_path(tmp_path / "a.mp4"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert os.listdir(tmp_path) == []


@contextlib.contextmanager
def small_files():
    """Let no file of this process grow beyond 4 kB, as on a full disk (its log may be one)."""
    resource = pytest.importorskip("resource")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def write_plainly(path):
    path.write_bytes(bytes(100_000))


def write_array(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(100_000))


def write_tensors(path):
    save_file({"a": np.zeros(100_000)}, path)


@pytest.mark.parametrize("write", [write_plainly, write_array, write_tensors])
def test_a_disk_that_fills_up_is_one_line_whoever_writes(tmp_path, write):
    with pytest.raises(OutputError, match=r"cannot write .*latents"), small_files():
        with atomic_path(tmp_path / "latents") as temporary:
            write(temporary)
    assert os.listdir(tmp_path) == []


def test_what_is_no_full_disk_stays_what_it_is(tmp_path):
    for error in (ValueError("(os error 2)"), OSError("nothing"), KeyError("x")):
        with pytest.raises(type(error)), telling_full_disk(tmp_path):
            raise error


def test_an_unrelated_error_is_not_called_a_write_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a.mp4"):
        raise FileNotFoundError(errno.ENOENT, "weights")


def test_a_missing_directory_is_named(tmp_path):
    with pytest.raises(OutputError, match="the directory does not exist"):
        write_text(tmp_path / "no" / "a.txt", "x")


def test_a_directory_is_not_a_file(tmp_path):
    with pytest.raises(OutputError, match="is a directory"):
        write_text(tmp_path, "x")


def test_a_file_has_the_mode_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("x")
    write_text(tmp_path / "ours", "x")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_bundled_model_lies_inside_the_package():
    assert bundled_model_dir().parent.name == "hanazora"


def test_the_state_directory_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path / "here"))
    assert state_dir() == tmp_path / "here"
    monkeypatch.delenv("HANAZORA_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert state_dir() == tmp_path / "hanazora"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_dir() == tmp_path / ".local" / "share" / "hanazora"


def test_without_a_home_the_variable_is_named(monkeypatch):
    pwd = pytest.importorskip("pwd")

    def nobody(number):
        raise KeyError(number)

    for name in ("HANAZORA_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(UserError, match="there is no home directory.*try HANAZORA_HOME=DIR"):
        state_dir()


def test_a_state_directory_is_its_owner_s_or_names_the_variable(tmp_path):
    place = tmp_path / "a" / "keys"
    make_state_dir(place)
    make_state_dir(place)
    assert os.name != "posix" or place.stat().st_mode & 0o077 == 0
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="not a directory; .*try HANAZORA_HOME=DIR"):
        make_state_dir(tmp_path / "file" / "keys")


def test_a_held_directory_is_refused_until_it_is_let_go(tmp_path):
    with hold_lock(tmp_path):
        with pytest.raises(UserError, match="in use by another process"), hold_lock(tmp_path):
            pass
    with hold_lock(tmp_path):
        assert os.listdir(tmp_path) == []


def test_a_step_on_the_way_leaves_nothing(tmp_path):
    with scratch_path(tmp_path / "a.mp4") as temporary:
        temporary.write_bytes(b"step")
        assert temporary.suffix == ".partial"
    with pytest.raises(RuntimeError), scratch_path(tmp_path / "a.mp4"):
        raise RuntimeError
    assert os.listdir(tmp_path) == []


def test_a_locked_file_is_waited_for(tmp_path):
    path, order = tmp_path / "log", []

    def second():
        with path.open("a") as file:
            wait_for_lock(file)
            order.append("second")

    with path.open("a") as file:
        wait_for_lock(file)
        other = threading.Thread(target=second)
        other.start()
        time.sleep(0.05)
        order.append("first")
    other.join(timeout=10)
    assert order == ["first", "second"]
