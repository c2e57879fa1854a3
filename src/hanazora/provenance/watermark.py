"""The place of the watermark: every frame passes through before it is encoded.

Nothing is embedded yet, and the sidecar says so. Frames are given in order, with the index of the
first one, so that a mark can span frames.
"""

from hanazora.core.checks import CheckResult
from hanazora.media.frames import Frames


def embed(frames: Frames, first_frame: int) -> tuple[Frames, CheckResult]:
    """Return the frames with the mark in them.

    Args:
        frames: consecutive frames of the video.
        first_frame: index of the first of them.
    """
    del first_frame
    return frames, CheckResult("not_implemented", "no watermark in this version")
