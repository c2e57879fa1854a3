"""Seal a finished file: fingerprint, sign, verify, remember; the last steps before it may leave.

What is said about a file is drawn from the request, the model and the keys alone, so the same video
is sealed to the same bytes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hanazora.core.checks import CheckResult
from hanazora.core.config import to_dict
from hanazora.core.documents import sha256_file
from hanazora.core.errors import OutputError
from hanazora.core.version import __version__
from hanazora.pipelines.publishing.gate import Gate
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.provenance.fingerprint import Fingerprint
from hanazora.provenance.keys import Keys, derive
from hanazora.provenance.ledger import Entry, open_ledger
from hanazora.provenance.library import LibraryMissingError
from hanazora.provenance.manifest import Generation, Ingredient, build_manifest
from hanazora.provenance.sign import SigningError, manifest_label, sign_file
from hanazora.provenance.verify import verify_file

MARK_BITS = 40
_SALT_BYTES = 16
_UNSIGNED = "hanazora:unsigned:"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a file comes from: what was asked, what made it, from what, and under which keys."""

    request: GenerateRequest
    """The resolved request."""

    model: ModelInfo
    """What made the frames."""

    keys: Keys
    """The keys of this installation."""

    ingredients: tuple[Ingredient, ...] = ()
    """The files it was made from."""

    @property
    def mark_id(self) -> int:
        """Identifier for the watermark: 40 bits that say nothing without the key."""
        return int.from_bytes(self._drawn("mark")[: MARK_BITS // 8], "big")

    @property
    def prompt_salt(self) -> bytes:
        """Salt under which the prompt is hashed; goes into the sidecar only."""
        return self._drawn("prompt")[:_SALT_BYTES]

    @property
    def prompt_hash(self) -> str:
        """Hash by which the author can prove the prompt and nobody can guess it."""
        return hashlib.sha256(self.prompt_salt + self.request.prompt.encode()).hexdigest()

    @property
    def model_sha256(self) -> str:
        """One hash for all weights of the model."""
        return _hash([self.model.name, self.model.weight_hashes]).hex()

    def _drawn(self, purpose: str) -> bytes:
        content = _hash([to_dict(self.request), to_dict(self.model)])
        return derive(self.keys.secret, purpose, content)


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What a file was sealed with."""

    manifest_id: str
    """Name of its manifest, or a name of its own where it is unsigned."""

    signed: bool
    """Whether it carries a signature."""


def seal(source: Path, target: Path, origin: Origin, gate: Gate, looks: Fingerprint | None) -> Seal:
    """Write the file that leaves from the one that was encoded.

    Args:
        source: the encoded file.
        target: where the signed one goes.
        origin: what is said about it.
        gate: what the checks before found; signature and verification are added.
        looks: its fingerprint; none where it could not be taken.

    Raises:
        RefusedError: it cannot be signed and must be, or it does not verify.
        OutputError: the ledger cannot be written.
    """
    store = _sign(source, target, origin, gate, looks)
    if not store:
        target.write_bytes(source.read_bytes())
    name = manifest_label(store) if store else _UNSIGNED + sha256_file(target)
    if looks is not None and not gate.is_off("fingerprint"):
        _remember(Entry(name, store, _mark(origin, gate), looks, gate.policy.sha256), gate)
    return Seal(manifest_id=name, signed=bool(store))


def describe_seal(sealed: Seal, origin: Origin, frames_sha256: str) -> dict[str, Any]:
    """Return what the sidecar says about provenance.

    Args:
        sealed: what the file was sealed with.
        origin: where it comes from.
        frames_sha256: hash of the frames before mark and codec: equal on every installation.
    """
    return {
        "manifest": sealed.manifest_id,
        "mark_id": f"{origin.mark_id:010x}",
        "prompt_salt": origin.prompt_salt.hex(),
        "prompt_hash": origin.prompt_hash,
        "frames_sha256": frames_sha256,
    }


def _sign(
    source: Path, target: Path, origin: Origin, gate: Gate, looks: Fingerprint | None
) -> bytes:
    if gate.is_off("signature"):
        gate.warnings.append("the file is NOT signed: the policy leaves the signature out")
        gate.checks["verification"] = CheckResult("skipped", "there is no signature")
        return b""
    manifest = build_manifest(_generation(origin, gate, looks), origin.ingredients)
    try:
        store = sign_file(source, target, manifest, origin.keys, origin.ingredients)
    except LibraryMissingError as error:
        gate.admit("signature", CheckResult("error", str(error)))
        gate.warnings.append("the file is NOT signed")
        gate.checks["verification"] = CheckResult("skipped", "there is no signature")
        return b""
    except SigningError as error:
        gate.admit("signature", CheckResult("failed", str(error)))
        raise  # never reached: a failed check does not pass
    gate.admit("signature", CheckResult("passed", origin.keys.signer.algorithm))
    if not gate.is_off("verification"):
        gate.admit("verification", verify_file(target, origin.keys.anchors))
    return store


def _generation(origin: Origin, gate: Gate, looks: Fingerprint | None) -> Generation:
    mark = _mark(origin, gate)
    return Generation(
        model=origin.model.name,
        model_sha256=origin.model_sha256,
        version=__version__,
        trained=bool(origin.model.weight_hashes),
        prompt_hash=origin.prompt_hash,
        policy=gate.policy.version,
        policy_sha256=gate.policy.sha256,
        checks=gate.states(),
        mark_id="" if mark is None else f"{mark:010x}",
        fingerprint="" if looks is None else looks.overall.tobytes().hex(),
    )


def _mark(origin: Origin, gate: Gate) -> int | None:
    result = gate.checks.get("watermark")
    return origin.mark_id if result is not None and result.state == "passed" else None


def _remember(entry: Entry, gate: Gate) -> None:
    try:
        open_ledger().add(entry)
    except OutputError as error:
        gate.admit("fingerprint", CheckResult("error", str(error)))


def _hash(value: Sequence[object]) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()
