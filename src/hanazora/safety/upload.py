"""The upload check: what may be used as the start, the end or the source of a video.

The order is that of certainty: first what is known about the very file (taken down before, our own
mark and manifest), then the blocklist of looks, realistic faces, and everybody who judges frames.
Reading marks and manifests is not this room's work; the caller gives what was found as plain data.
"""

from collections.abc import Iterable
from typing import NamedTuple

from hanazora.media.frames import FramePiece
from hanazora.safety.findings import Finding, Verdict, decide, decision_id
from hanazora.safety.frame_filter import FrameFilter
from hanazora.safety.policy import Policy, Tier


class Origin(NamedTuple):
    """What a file says about where it comes from."""

    is_taken_down: bool = False
    """It, or the output that its mark or fingerprint names, is on the takedown list."""

    own_mark: str = ""
    """Id of our own mark; empty when none was found."""

    manifest: str = "none"
    """State of its manifest: none, Trusted, Valid or Invalid."""

    refused_before: str = ""
    """Id of the decision that refused it before; empty when there is none."""


def judge_upload(
    pieces: Iterable[FramePiece],
    fps: float,
    *,
    policy: Policy,
    tier: Tier,
    origin: Origin | None = None,
) -> Verdict:
    """Judge a picture (one frame) or a clip that somebody gives.

    Args:
        pieces: all of its frames, in order; memory is one piece.
        fps: frames per second; anything above 0 for a picture.
        policy: the rules.
        tier: access tier of who gives it.
        origin: what its mark and its manifest say.
    """
    known = _known(origin or Origin())
    judge = FrameFilter(policy, tier, fps, stage="upload")
    start = 0
    for piece in pieces:
        judge.see(piece, start)
        start += len(piece)
    result = judge.finish()
    seen = judge.verdict
    if result.state == "error":
        return seen._replace(findings=(*known, *seen.findings))
    if not known:
        return seen
    # The id must tell apart the same frames with and without what is known about their origin.
    joined = decision_id(seen.decision_id, "upload", repr(origin))
    return decide([*known, *seen.findings], policy, "upload", tier, joined)


def _known(origin: Origin) -> list[Finding]:
    found = []
    if origin.is_taken_down:
        found.append(Finding("blocklist", 1.0, "upload/takedown"))
    if origin.refused_before:
        detail = f"decision {origin.refused_before}"
        found.append(Finding("blocklist", 1.0, "upload/refused_before", None, detail))
    if origin.own_mark or origin.manifest != "none":
        # Of no consequence by itself; a reviewer sees where it came from, and what does not fit.
        detail = f"mark {origin.own_mark or 'none'}, manifest {origin.manifest}"
        found.append(Finding("deception", 0.0, "upload/origin", None, detail))
    return found
