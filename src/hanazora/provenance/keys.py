"""The keys of this installation, made at first use and kept in the state directory.

    root.key      private key and certificate of the local root; may be moved off the machine
    signer.key    private key and certificate that sign files; renewed before its 90 days are over
    anchors.pem   every root whose files count as ours, public
    mark.key      secret of the watermark
    secret.key    secret from which salts and identifiers are drawn

An operator installs a signer of their own: a certificate with its key, or with a command that signs
for a key that never leaves its vault. A private file that others may read is refused.
"""

import datetime
import hashlib
import hmac
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hanazora.core.documents import read_bytes
from hanazora.core.errors import UserError
from hanazora.core.paths import atomic_path, make_state_dir, output_error, state_dir
from hanazora.provenance.certificates import (
    LEAF_DAYS,
    Algorithm,
    KeyPair,
    SignBytes,
    algorithm_of,
    load_chain,
    make_leaf,
    make_root,
    signing_function,
)

if TYPE_CHECKING:
    from cryptography import x509

RENEW_BEFORE_DAYS = LEAF_DAYS // 3
SECRET_BYTES = 32
_COMMAND_TIMEOUT_S = 30
_PRIVATE_MODE = 0o600


class Signer(NamedTuple):
    """Who signs: a certificate and what signs for it."""

    algorithm: Algorithm
    """Name of the signature algorithm."""

    certificates: str
    """The signer's own certificate, then those between it and its root, PEM."""

    sign: SignBytes
    """Signs a message."""


class Keys(NamedTuple):
    """Everything secret that a file needs on its way out."""

    signer: Signer
    """Who signs."""

    anchors: str
    """The roots whose files count as ours, PEM."""

    secret: bytes
    """For salts and identifiers."""

    mark: bytes
    """For the watermark."""


class CertificateFacts(NamedTuple):
    """What `keys show` says about a certificate."""

    role: str
    subject: str
    sha256: str
    expires: datetime.datetime


def keys_dir() -> Path:
    """Return where the keys of this installation lie."""
    return state_dir() / "keys" / "signing"


def derive(secret: bytes, purpose: str, *parts: bytes) -> bytes:
    """Draw 32 bytes from a secret for one purpose and input (HMAC-SHA256)."""
    message = b"".join(len(part).to_bytes(8, "big") + part for part in (purpose.encode(), *parts))
    return hmac.digest(secret, message, "sha256")


def load_keys(directory: Path | None = None) -> Keys:
    """Load the keys; made where there are none, the signer renewed where it runs out.

    Raises:
        UserError: a private file that others may read, or a signer that is over and not ours.
        OutputError: the keys cannot be written.
    """
    directory = make_keys(directory)
    signer = _load_signer(directory)
    anchors = (directory / "anchors.pem").read_text(encoding="ascii")
    return Keys(signer, anchors, _read_secret(directory / "secret.key"),
                _read_secret(directory / "mark.key"))  # fmt: skip


def make_keys(directory: Path | None = None) -> Path:
    """Make root, signer and secrets where there are none; return where they lie.

    The directory appears whole: of two processes at first use one wins and both use its keys.
    """
    directory = directory or keys_dir()
    if directory.is_dir():
        return directory
    make_state_dir(directory.parent)
    try:
        fresh = Path(tempfile.mkdtemp(prefix=".keys-", dir=directory.parent))
    except OSError as error:
        raise output_error(directory, error) from error
    try:
        root = make_root()
        _write_private(fresh / "root.key", b"".join(root))
        _write_private(fresh / "signer.key", b"".join(make_leaf(root)))
        (fresh / "anchors.pem").write_bytes(root.certificate_pem)
        for name in ("secret.key", "mark.key"):
            _write_private(fresh / name, secrets.token_hex(SECRET_BYTES).encode())
        fresh.rename(directory)
    except OSError as error:
        if not directory.is_dir():
            raise output_error(directory, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return directory


def rotate(directory: Path | None = None, *, new_root: bool = False) -> None:
    """Replace the signer, and the root too where asked; files of the old root stay Trusted."""
    directory = make_keys(directory)
    if new_root:
        root = make_root()
        anchors = directory / "anchors.pem"
        known = anchors.read_bytes()
        with atomic_path(anchors) as temporary:
            temporary.write_bytes(known + root.certificate_pem)
        _write_private(directory / "root.key", b"".join(root))
    _renew(directory)


def install_signer(
    certificates: Path,
    *,
    key: Path | None = None,
    command: list[str] | None = None,
    directory: Path | None = None,
) -> None:
    """Sign with a certificate of the operator's own from now on.

    Args:
        certificates: PEM, the signer's own first, then up to its root.
        key: its private key, PEM; or none and
        command: a program that reads a message and writes its signature (raw or DER).
        directory: where the keys lie.
    """
    if (key is None) == (command is None):
        raise UserError("a signer needs its key or a command that signs", "exactly one of them")
    directory = make_keys(directory)
    chain_pem = read_bytes(certificates)
    chain = load_chain(chain_pem)
    algorithm_of(chain[0])
    if key is not None:
        key_pem = _read_private(key)
        signing_function(key_pem)
        _write_private(directory / "signer.key", key_pem + b"\n" + chain_pem)
    else:
        found = {"command": command, "certificates": chain_pem.decode("ascii")}
        _write_private(directory / "signer.key", json.dumps(found).encode())
    from cryptography.hazmat.primitives.serialization import Encoding

    anchors = directory / "anchors.pem"
    known = anchors.read_bytes()
    with atomic_path(anchors) as temporary:
        temporary.write_bytes(known + chain[-1].public_bytes(Encoding.PEM))


def describe(directory: Path | None = None) -> list[CertificateFacts]:
    """Return what is public about the signer and every root."""
    directory = make_keys(directory)
    content = _read_private(directory / "signer.key")
    found = [("signer", load_chain(_certificates_of(content))[0])]
    found += [("root", root) for root in load_chain(read_bytes(directory / "anchors.pem"))]
    from cryptography.hazmat.primitives.hashes import SHA256

    return [
        CertificateFacts(
            role, one.subject.rfc4514_string(), one.fingerprint(SHA256()).hex(),
            one.not_valid_after_utc,
        )
        for role, one in found
    ]  # fmt: skip


def _load_signer(directory: Path) -> Signer:
    path = directory / "signer.key"
    content = _read_private(path)
    leaf = load_chain(_certificates_of(content))[0]
    left = leaf.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    is_ours = _is_ours(directory, leaf)
    if left < datetime.timedelta(days=RENEW_BEFORE_DAYS) and is_ours:
        _renew(directory)
        content = _read_private(path)
    elif left < datetime.timedelta(0):
        what = f"the signing certificate ran out on {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise UserError(what, "a new one is needed", "hanazora keys init --certificate FILE")
    certificates = _certificates_of(content)
    algorithm = algorithm_of(load_chain(certificates)[0])
    return Signer(algorithm, certificates.decode("ascii"), _signing_function(content))


def _is_ours(directory: Path, leaf: "x509.Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    path = directory / "root.key"
    if not path.exists():
        return False
    try:
        leaf.verify_directly_issued_by(load_chain(_certificates_of(_read_private(path)))[0])
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _renew(directory: Path) -> None:
    root = directory / "root.key"
    if not root.exists():
        raise UserError(f"{root} is not here", "the root key signs new signers")
    content = _read_private(root)
    leaf = make_leaf(KeyPair(content, _certificates_of(content)))
    _write_private(directory / "signer.key", b"".join(leaf))


def _certificates_of(content: bytes) -> bytes:
    if content.startswith(b"{"):
        return str(json.loads(content)["certificates"]).encode("ascii")
    start = content.find(b"-----BEGIN CERTIFICATE-----")
    return content[max(start, 0) :]


def _signing_function(content: bytes) -> SignBytes:
    if not content.startswith(b"{"):
        return signing_function(content)
    command = [str(word) for word in json.loads(content)["command"]]

    def sign(message: bytes) -> bytes:
        try:
            done = subprocess.run(
                command, input=message, capture_output=True, timeout=_COMMAND_TIMEOUT_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UserError(f"the signing command {command[0]} failed", str(error)) from error
        if done.returncode != 0 or not done.stdout:
            rule = f"exit code {done.returncode}"
            raise UserError(f"the signing command {command[0]} failed", rule)
        return done.stdout

    return sign


def _read_secret(path: Path) -> bytes:
    return hashlib.sha256(_read_private(path)).digest()


def _read_private(path: Path) -> bytes:
    content = read_bytes(path)
    mode = path.stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        rule = f"others may read it (mode {mode:o})"
        raise UserError(f"private key {path}", rule, f"chmod 600 {path}")
    return content


def _write_private(path: Path, content: bytes) -> None:
    with atomic_path(path) as temporary:
        temporary.chmod(_PRIVATE_MODE)
        temporary.write_bytes(content)
