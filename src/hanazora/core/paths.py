"""Where things lie on disk, and writing a file whole or not at all."""

import contextlib
import errno
import os
import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from hanazora.core.errors import OutputError, UserError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PACKAGE_DIR = Path(__file__).resolve().parent.parent

_REASONS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "the directory does not exist",
    errno.ENOTDIR: "a part of the path is not a directory",
    errno.EISDIR: "the path is a directory",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file is larger than the file system allows",
}

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
"""How libraries written in Rust, safetensors among them, name an error of the system."""

_STATE_RULE = "keys, ledger and logs need a place of yours"
_STATE_NEAREST = "HANAZORA_HOME=DIR in the environment"


def bundled_model_dir() -> Path:
    """Return the directory of the model that is shipped with the package."""
    return _PACKAGE_DIR / "bundled"


def state_dir() -> Path:
    """Return the directory of this installation's keys, ledger and logs; it may not exist yet.

    It is $HANAZORA_HOME, else `hanazora` in the user's data directory.

    Raises:
        UserError: the user has no home directory, as in a container under a bare number.
    """
    chosen = os.environ.get("HANAZORA_HOME")
    if chosen:
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME")
    try:
        return (Path(data) if data else Path.home() / ".local" / "share") / "hanazora"
    except RuntimeError as error:
        raise UserError("there is no home directory", _STATE_RULE, _STATE_NEAREST) from error


def make_state_dir(directory: Path) -> None:
    """Make a directory for keys, ledger or logs, open to its owner alone; it may exist.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = f"{_reason(error)}; {_STATE_RULE}"
        raise OutputError(f"cannot write {directory}", reason, _STATE_NEAREST) from error


def output_error(path: Path, error: OSError) -> OutputError:
    """Return the one-line error for a file that could not be written."""
    return OutputError(f"cannot write {path}", _reason(error), "another directory")


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, error.strerror or "the file system refused")


@contextlib.contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; renamed to it on success, removed on any failure.

    Raises:
        OutputError: the file cannot be created, or the disk is full.
    """
    temporary = _create_beside(path)
    try:
        with telling_full_disk(path):
            yield temporary
            _flush(temporary)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def telling_full_disk(path: Path) -> Iterator[None]:
    """Turn a full disk into the one-line error for a path, whatever library was writing.

    Raises:
        OutputError: the disk is full.
    """
    try:
        yield
    except Exception as error:
        cause = _system_error(error)
        if cause is None or cause.errno not in _DISK_FULL:
            raise
        raise output_error(path, cause) from error


def _system_error(error: Exception) -> OSError | None:
    """Return the error of the system behind an exception, if there is one."""
    if isinstance(error, OSError):
        short = error.errno is None and "written" in str(error)  # numpy wrote less than it should
        return OSError(errno.ENOSPC, str(error)) if short else error
    told = _OS_ERROR.search(str(error))
    return OSError(int(told[1]), str(error)) if told else None


@contextlib.contextmanager
def scratch_path(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path` for a step on the way to it; removed in any case.

    Raises:
        OutputError: the file cannot be created.
    """
    temporary = _create_beside(path)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Refuse a path that cannot be written, before minutes are spent on what would go there."""
    _create_beside(path).unlink()


def _create_beside(path: Path) -> Path:
    if path.is_dir():
        raise OutputError(f"cannot write {path}", "the path is a directory", f"{path}/NAME")
    temporary = path.parent / f".{path.stem[:40]}-{secrets.token_hex(4)}{path.suffix}.partial"
    try:
        # Exclusive: two runs that write the same file never share a temporary one.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise output_error(path, error) from error
    return temporary


def _flush(path: Path) -> None:
    # Without it a power cut after the rename can leave an empty file under the final name.
    with path.open("r+b") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a binary file whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def hold_lock(directory: Path) -> Iterator[None]:
    """Hold a directory for this process; the system lets go of it even after `kill -9`.

    Raises:
        UserError: another process holds it.
    """
    if sys.platform == "win32":  # has no advisory locks of this kind
        yield
        return
    # The directory itself is locked, so no lock file is left behind.
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            rule = "one process works in it at a time"
            raise UserError(f"{directory} is in use by another process", rule) from error
        yield
    finally:
        os.close(descriptor)


def wait_for_lock(file: TextIO) -> None:
    """Hold an open file for this process once no other one does; closing it lets go."""
    if sys.platform == "win32":
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX)
