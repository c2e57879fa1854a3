"""Reading the files that people write and move, each refusal in one line.

What cannot be read is named with the reason, and where a file of nearly that name lies beside it,
with that one: a typo is the commonest cause.
"""

import difflib
import errno
import hashlib
import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hanazora.core.errors import UserError

_Parsed = TypeVar("_Parsed")

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "a part of the path is not a directory",
    errno.EISDIR: "it is a directory",
    errno.EACCES: "permission denied",
    errno.ENAMETOOLONG: "the name is too long",
}


def input_error(path: Path, error: OSError, role: str = "") -> UserError:
    """Return the one-line error for a file that could not be read.

    Args:
        path: the file.
        error: why it could not.
        role: what it was read as, such as "as a video".
    """
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error) or "unreadable")
    nearest = _nearest(path) if error.errno == errno.ENOENT else ""
    return UserError(f"cannot read {path} {role}".rstrip(), reason, nearest)


def read_bytes(path: Path) -> bytes:
    """Read a small file whole.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise input_error(path, error) from error


def sha256_file(path: Path) -> str:
    """Return the hash of a file of any size, in hex.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise input_error(path, error) from error


def read_text(path: Path) -> str:
    """Read a small text file whole; a byte order mark is left out.

    Raises:
        UserError: it cannot be read, or is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"cannot read {path}", "it must be UTF-8 text") from error


def read_json(path: Path) -> object:
    """Read a JSON file.

    Raises:
        UserError: it cannot be read, or is not JSON.
    """
    return _parse(path, json.loads, "JSON")


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file.

    Raises:
        UserError: it cannot be read, or is not TOML.
    """
    return _parse(path, tomllib.loads, "TOML")


def _parse(path: Path, parse: Callable[[str], _Parsed], language: str) -> _Parsed:
    text = read_text(path)
    try:
        return parse(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not valid {language}", str(error)) from error


def _nearest(path: Path) -> str:
    """Return the file beside a missing one whose name is nearly the same, or nothing."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.8)
    return str(path.with_name(close[0])) if close and path.name else ""
