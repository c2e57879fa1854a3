"""The key of the audit log: users and prompts appear in it as keyed hashes only.

Without the key nobody can tell from the log who asked or what, not even by trying every likely
prompt; with it, and with the prompt in hand, an operator can tell whether it is the one that was
judged. The same key seals the chain, so a line cannot be forged by somebody who only has the disk.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from hanazora.core.errors import UserError
from hanazora.core.paths import make_state_dir, state_dir

KEY_NAME = "audit.key"
_KEY_BYTES = 32
_HASH_CHARS = 32
"""Half of a SHA-256: 128 bits are beyond collision for any log that fits on a disk."""


class AuditKey:
    """The secret of one installation; each use has a key of its own derived from it.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise UserError(f"the audit key has {len(secret)} bytes", f"it must have {_KEY_BYTES}")
        self._secret = secret

    def user(self, name: str) -> str:
        """Return the keyed hash of a user's name: 32 hexadecimal digits, none for no name."""
        return self._text("user", name)

    def prompt(self, text: str) -> str:
        """Return the keyed hash of a prompt: 32 hexadecimal digits, none for no prompt."""
        return self._text("prompt", text)

    def seal(self, content: bytes) -> str:
        """Return the hash that binds a line of the log: 64 hexadecimal digits."""
        return self._digest("chain", content)

    def _text(self, use: str, text: str) -> str:
        return self._digest(use, text.encode("utf-8"))[:_HASH_CHARS] if text else ""

    def _digest(self, use: str, content: bytes) -> str:
        derived = hmac.digest(self._secret, use.encode(), "sha256")
        return hmac.new(derived, content, hashlib.sha256).hexdigest()


def key_path() -> Path:
    """Return where the key of this installation lies."""
    return state_dir() / "keys" / KEY_NAME


def load_audit_key(path: Path | None = None, *, create: bool = True) -> AuditKey:
    """Read the key of this installation, made at first use.

    Args:
        path: another file than that of the state directory.
        create: make one where there is none; false where a log exists that needs the old one.

    Raises:
        UserError: others may read the file, it is not a key, or it is missing.
    """
    path = path or key_path()
    if not path.exists():
        if not create:
            raise UserError(f"{path} is missing", "the audit log cannot be read without it")
        _create(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise UserError(
            f"{path} can be read by others", "a key is its owner's", f"chmod 600 {path}"
        )
    return AuditKey(path.read_bytes())


def _create(path: Path) -> None:
    """Two processes may start at once: the file appears whole, and the first one wins."""
    make_state_dir(path.parent)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()
