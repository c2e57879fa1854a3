"""The place of the signature: the encoded file is signed before it gets its name.

Nothing is signed yet, and the sidecar says so.
"""

from pathlib import Path

from hanazora.core.checks import CheckResult


def sign_file(path: Path, claims: dict[str, str]) -> CheckResult:
    """Write a signed manifest into a video file.

    Args:
        path: the encoded file, still under a temporary name.
        claims: what the manifest says: model, version, hash of the prompt; never the prompt.
    """
    del path, claims
    return CheckResult("not_implemented", "no signature in this version")
