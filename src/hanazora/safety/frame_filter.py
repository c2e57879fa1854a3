"""The place of the frame filter: sees every frame before it is encoded.

Nothing is filtered yet, and the sidecar says so. A filter that is put here returns "passed" or
"failed"; the way out refuses to write a file on "failed".
"""

from hanazora.core.checks import CheckResult
from hanazora.media.frames import Frames


def check_frames(frames: Frames) -> CheckResult:
    """Judge what would be shown."""
    del frames
    return CheckResult("not_implemented", "no frame filter in this version")
