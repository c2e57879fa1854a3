"""What the way out called before there was a mark; it goes when the way out uses `Watermarker`."""

from hanazora.core.checks import CheckResult
from hanazora.media.frames import Frames


def embed(frames: Frames, first_frame: int) -> tuple[Frames, CheckResult]:
    """Return the frames unchanged."""
    del first_frame
    return frames, CheckResult("not_implemented", "no watermark in this version")
