"""What somebody gives to start, end or feed a video, judged before anything is made from it.

In the order of certainty: the takedown list, the manifest, our own mark, then every frame by every
moderator of the policy. The answer for a file is kept for this process: it is asked for before the
work begins and again on the way out, where it is written down.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hanazora.core.checks import CheckResult
from hanazora.core.documents import sha256_file
from hanazora.core.errors import OutputError, UserError
from hanazora.media.clips import inspect_clip, read_clip_frames
from hanazora.media.frames import FramePiece, Picture
from hanazora.media.stills import read_picture
from hanazora.pipelines.request import GenerateRequest
from hanazora.provenance.keys import load_keys
from hanazora.provenance.ledger import open_ledger
from hanazora.provenance.library import GENERATOR, LibraryMissingError
from hanazora.provenance.verify import read_verification
from hanazora.provenance.watermark import read_mark
from hanazora.safety.database import database_path
from hanazora.safety.findings import Verdict
from hanazora.safety.policy import Policy, Tier
from hanazora.safety.review.takedown import TakedownList

if TYPE_CHECKING:
    from hanazora.safety.upload import Origin

MARK_SECONDS = 1.0
"""How much of a clip is searched for our mark, from its start: a second is enough to find it, and
the search of a clip that has none is dear."""

_PIECE = 16
_ANSWERS_KEPT = 64


class UploadAnswer(NamedTuple):
    """What was found about one file."""

    result: CheckResult
    verdict: Verdict


def judge_uploads(
    request: GenerateRequest, files: Sequence[Path], policy: Policy, tier: Tier
) -> tuple[CheckResult, Verdict | None]:
    """Judge every file a request is made from; the first that is refused decides.

    Args:
        request: its inputs say which files are pictures.
        files: the files of its inputs, in order.
        policy: the rules.
        tier: access tier of who gives them.

    Returns:
        The state for the record, and the verdict that refused one; none where all passed.

    Raises:
        UserError: a file cannot be read.
    """
    details = []
    for number, path in enumerate(files):
        is_picture = number < len(request.inputs) and request.inputs[number].kind == "picture"
        answer = _judge(path, sha256_file(path), policy, tier, is_picture)
        if answer.result.state != "passed":
            return answer.result, answer.verdict
        details.append(answer.result.detail)
    return CheckResult("passed", "; ".join(dict.fromkeys(details))), None


@lru_cache(maxsize=_ANSWERS_KEPT)
def _judge(path: Path, sha256: str, policy: Policy, tier: Tier, is_picture: bool) -> UploadAnswer:
    # Loads torch, which a command that refuses its input does without.
    from hanazora.safety.upload import judge_upload

    origin = find_origin(path, sha256, is_picture=is_picture)
    fps = 1.0 if is_picture else float(inspect_clip(path).fps)
    frames = _pieces(_pictures(path, is_picture=is_picture))
    verdict = judge_upload(frames, fps, policy=policy, tier=tier, origin=origin)
    known = f"mark {origin.own_mark or 'none'}, manifest {origin.manifest}"
    if verdict.rule is not None and verdict.rule.endswith("/error"):
        detail = f"a moderator could not judge it (decision {verdict.decision_id})"
        return UploadAnswer(CheckResult("error", detail), verdict)
    if verdict.blocked:
        found = f"{verdict.action}: {verdict.category} by {verdict.rule}"
        detail = f"{found} (decision {verdict.decision_id})"
        return UploadAnswer(CheckResult("failed", detail), verdict)
    told = f", {verdict.action}: {verdict.category}" if verdict.action != "allow" else ""
    return UploadAnswer(CheckResult("passed", known + told), verdict)


def find_origin(path: Path, sha256: str, *, is_picture: bool) -> "Origin":
    """Read what a file says about where it comes from.

    The mark is looked for only where no manifest of ours says what it would say.

    Args:
        path: a picture or a clip.
        sha256: hash of its bytes.
        is_picture: whether it is a picture.
    """
    from hanazora.safety.upload import Origin  # see _judge

    manifest, label = _manifest(path)
    mark = _ledger_mark(label) if label else ""
    if not mark:
        fps = 1.0 if is_picture else float(inspect_clip(path).fps)
        count = max(1, round(MARK_SECONDS * fps))
        first = np.stack(list(islice(_pictures(path, is_picture=is_picture), count)))
        mark = _read_mark(first, fps)
    subjects = {"sha256": sha256, "manifest": label, "mark": mark}
    named = {kind: value for kind, value in subjects.items() if value}
    listed = database_path().exists() and TakedownList(database_path()).find(named) is not None
    return Origin(is_taken_down=listed, own_mark=mark, manifest=manifest)


def _manifest(path: Path) -> tuple[str, str]:
    """Return the state of the manifest, and its label where it is one of ours."""
    try:
        found = read_verification(path, load_keys().anchors)
    except (LibraryMissingError, UserError):
        return "none", ""
    if found.state == "None" or not found.manifests:
        return "none", ""
    newest = found.manifests[0]
    return found.state, newest.label if newest.generator == GENERATOR else ""


def _ledger_mark(label: str) -> str:
    try:
        entry = open_ledger().get(label)
    except OutputError:
        return ""
    return "" if entry is None or entry.mark_id is None else f"{entry.mark_id:010x}"


def _read_mark(frames: FramePiece, fps: float) -> str:
    try:
        known = open_ledger().mark_ids()
    except OutputError:
        known = []
    reading = read_mark(frames, fps, [load_keys().mark], known_ids=known)
    if not reading.found:
        return ""
    return "unknown" if reading.mark_id is None else f"{reading.mark_id:010x}"


def _pictures(path: Path, *, is_picture: bool) -> Iterator[Picture]:
    if is_picture:
        yield read_picture(path)
    else:
        yield from read_clip_frames(path)


def _pieces(pictures: Iterable[Picture]) -> Iterator[FramePiece]:
    piece: list[Picture] = []
    for picture in pictures:
        piece.append(picture)
        if len(piece) == _PIECE:
            yield np.stack(piece)
            piece = []
    if piece:
        yield np.stack(piece)
