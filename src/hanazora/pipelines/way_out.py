"""The single way out: every file that leaves goes through `publish`, and nothing else writes one.

frames -> frame filter -> watermark -> encode -> fingerprint -> sign -> verify -> the file gets its
name. Videos and pictures take the same way. A check that fails stops the file; what a check that
could not run means is the policy's word (`publishing/gate.py`), and its state is written down.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from hanazora.core.checks import CheckResult
from hanazora.core.documents import sha256_file
from hanazora.core.errors import UserError
from hanazora.core.paths import atomic_path, require_writable, scratch_path
from hanazora.media.encode import open_growing_video, open_video
from hanazora.media.frames import FramePiece, Picture
from hanazora.media.picture_files import PICTURE_KINDS, write_picture
from hanazora.media.probe import VideoInfo, probe
from hanazora.pipelines.progress import Progress, SilentProgress
from hanazora.pipelines.publishing.gate import Gate, RefusedError
from hanazora.pipelines.publishing.origins import ingredients_of
from hanazora.pipelines.publishing.passage import Passage
from hanazora.pipelines.publishing.sealing import Origin, Seal, describe_seal, seal
from hanazora.pipelines.publishing.uploads import judge_uploads
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import (
    ModelInfo,
    build_sidecar,
    dump_sidecar,
    require_own_sidecar,
    sidecar_path,
)
from hanazora.provenance.keys import load_keys
from hanazora.provenance.library import LibraryMissingError, load_library
from hanazora.safety.audit.log import open_audit_log
from hanazora.safety.audit.record import AuditEvent, decision_event
from hanazora.safety.policy import Policy, Tier, load_policy
from hanazora.safety.prompt_filter import check_texts

if TYPE_CHECKING:
    from hanazora.safety.frame_filter import FrameFilter

__all__ = [
    "Published",
    "RefusedError",
    "Terms",
    "Watcher",
    "admit",
    "publish",
    "publish_picture",
    "show_frames",
]

VIDEO_SUFFIXES = (".mp4",)
_STAGES = {"prompt_filter": "prompt", "upload_check": "upload", "frame_filter": "frame"}
Show: TypeAlias = Callable[[FramePiece], None]
"""Given frames that may be seen."""

_Encode: TypeAlias = Callable[[Path, Passage], None]


class Watcher(NamedTuple):
    """Who sees frames while the rest of the video is made."""

    path: Path | None = None
    """An MP4 that plays up to its newest frame. It is marked but not signed, and gone when the
    signed file appears or anything fails."""

    show: Show | None = None
    """Called with the same frames at the same time."""


class Published(NamedTuple):
    """A finished file and what is known about it."""

    path: Path
    sidecar_path: Path
    sha256: str
    checks: dict[str, CheckResult]
    warnings: list[str]
    manifest_id: str = ""
    """Name of its manifest, by which the ledger and the audit log know it."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On whose behalf a file leaves, and under which rules."""

    policy: Policy | None = None
    """None takes the one that is in force here."""

    tier: Tier = "general"
    """Access tier of who asked."""

    user: str = ""
    """Who asked; only a keyed hash of it is written."""


def admit(
    request: GenerateRequest,
    files: Sequence[Path] = (),
    *,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> dict[str, CheckResult]:
    """Judge every text and every file of a request before anything is computed for it.

    Args:
        request: what is asked.
        files: the files of its inputs, in order.
        terms: on whose behalf, and under which policy.

    Returns:
        What each check found, by its name.

    Raises:
        RefusedError: a check said no, or could not run and must.
        UserError: a file cannot be read.
    """
    gate = Gate(terms.policy or load_policy())
    with _refusals_recorded(request, terms, gate):
        _judge_given(request, files, terms, gate)
    return gate.checks


def require_output_path(path: Path, suffixes: Sequence[str] = VIDEO_SUFFIXES) -> None:
    """Refuse, before minutes are spent, what would be refused at the end.

    Args:
        path: where the file will go.
        suffixes: the ends its name may have; those of pictures are `PICTURE_KINDS`.

    Raises:
        UserError: the place, the keys or this machine do not allow a file to leave.
    """
    if path.suffix.lower() not in suffixes:
        rule = f"its name must end in {' or '.join(suffixes)}"
        nearest = path / f"video{suffixes[0]}" if path.is_dir() else path.with_suffix(suffixes[0])
        raise UserError(f"output {str(path)!r}", rule, str(nearest))
    require_writable(path)
    require_own_sidecar(path)
    gate = Gate(load_policy())
    load_keys()
    if not gate.is_off("signature"):
        try:
            load_library()
        except LibraryMissingError as error:
            gate.admit("signature", CheckResult("error", str(error)))


def publish(
    frames: Iterable[FramePiece],
    request: GenerateRequest,
    model: ModelInfo,
    path: Path,
    *,
    files: Sequence[Path] = (),
    terms: Terms = Terms(),  # noqa: B008 (frozen)
    watcher: Watcher = Watcher(),  # noqa: B008 (frozen)
    progress: Progress | None = None,
) -> Published:
    """Check, mark, encode, sign and verify frames as they come; then the file appears.

    Args:
        frames: consecutive pieces of the video; together exactly what was requested.
        request: the resolved request: no field is none any more.
        model: what made the frames.
        path: where the video goes; its sidecar goes beside it.
        files: the files of the request's inputs; their manifests go along.
        terms: on whose behalf, and under which policy.
        watcher: sees every frame, marked, as soon as the frame filter has cleared it.
        progress: told about each frame.

    Raises:
        RefusedError: a check said no.
        OutputError: the file cannot be written.
    """
    progress = progress or SilentProgress()
    progress.start("encoding", request.num_frames)

    def encode(target: Path, passage: Passage) -> None:
        size = {"width": request.width, "height": request.height}
        with contextlib.ExitStack() as stack:
            watchers = [] if watcher.show is None else [watcher.show]
            if watcher.path is not None:
                growing = open_growing_video(watcher.path, **size, fps=request.fps)
                watchers.insert(0, stack.enter_context(growing).append)
            writer = stack.enter_context(open_video(target, **size, fps=request.fps))
            for piece in passage.take(frames):
                for watch in watchers:
                    watch(piece)
                writer.append(piece)
                progress.advance(len(piece))

    return _publish(encode, request, model, path, files, terms)


def publish_picture(
    picture: Picture,
    request: GenerateRequest,
    model: ModelInfo,
    path: Path,
    *,
    files: Sequence[Path] = (),
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Published:
    """Let one picture out as PNG, JPEG or WebP, by the end of its name; see `publish`."""
    kind = PICTURE_KINDS[path.suffix.lower()]

    def encode(target: Path, passage: Passage) -> None:
        for piece in passage.take([picture[None]]):
            write_picture(target, piece[0], kind)

    return _publish(encode, request, model, path, files, terms)


def show_frames(
    frames: Iterable[FramePiece],
    request: GenerateRequest,
    model: ModelInfo,
    *,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Iterator[FramePiece]:
    """Yield the frames of a video, marked, as soon as each is cleared; no file is written.

    Args:
        frames: consecutive pieces of the video.
        request: the resolved request.
        model: what made the frames.
        terms: on whose behalf, and under which policy.

    Raises:
        RefusedError: a check said no; what was yielded before had passed.
    """
    gate = Gate(terms.policy or load_policy())
    origin = Origin(request=request, model=model, keys=load_keys())
    passage = Passage(gate, origin, _frame_filter(request, terms, gate))
    with _refusals_recorded(request, terms, gate):
        _judge_given(request, (), terms, gate)
        yield from passage.take(frames)


def _publish(
    encode: _Encode,
    request: GenerateRequest,
    model: ModelInfo,
    path: Path,
    files: Sequence[Path],
    terms: Terms,
) -> Published:
    require_own_sidecar(path)
    gate = Gate(terms.policy or load_policy())
    given = ingredients_of(request, files)
    origin = Origin(request=request, model=model, keys=load_keys(), ingredients=given)
    passage = Passage(gate, origin, _frame_filter(request, terms, gate))
    with _refusals_recorded(request, terms, gate):
        _judge_given(request, files, terms, gate)
        with (
            scratch_path(path) as encoded,
            atomic_path(path) as leaving,
            atomic_path(sidecar_path(path)) as sidecar_file,
        ):
            encode(encoded, passage)
            info = _require_exact(probe(encoded), request)
            sealed = seal(encoded, leaving, origin, gate, passage.looks())
            sha256 = sha256_file(leaving)
            sidecar = build_sidecar(request, model, info, sha256, gate.checks, gate.warnings)
            sidecar["provenance"] = describe_seal(sealed, origin, passage.frames_sha256)
            sidecar_file.write_text(dump_sidecar(sidecar), encoding="utf-8")
            _record_published(origin, terms, gate, sealed)
    return Published(
        path, sidecar_path(path), sha256, gate.checks, gate.warnings, sealed.manifest_id
    )


def _judge_given(request: GenerateRequest, files: Sequence[Path], terms: Terms, gate: Gate) -> None:
    """Judge what a request says, and the files it is made from."""
    _judge_texts(request, terms, gate)
    if files and not gate.is_off("upload_check"):
        gate.admit("upload_check", *judge_uploads(request, files, gate.policy, terms.tier))


def _judge_texts(request: GenerateRequest, terms: Terms, gate: Gate) -> None:
    if gate.is_off("prompt_filter"):
        return
    texts = {"prompt": request.prompt, "negative_prompt": request.negative_prompt}
    texts |= {f"text {number}": text for number, text in enumerate(request.texts) if number > 0}
    result, verdicts = check_texts(texts, tier=terms.tier, policy=gate.policy)
    refused = next((one for one in verdicts.values() if one.blocked), None)
    gate.admit("prompt_filter", result, refused)


def _frame_filter(request: GenerateRequest, terms: Terms, gate: Gate) -> "FrameFilter | None":
    if gate.is_off("frame_filter"):
        return None
    # Loads torch, which a command that refuses its input does without.
    from hanazora.safety.frame_filter import FrameFilter

    return FrameFilter(gate.policy, terms.tier, request.fps)


def _require_exact(info: VideoInfo, request: GenerateRequest) -> VideoInfo:
    found = (info.num_frames, info.height, info.width)
    if found != request.shape:
        raise RuntimeError(f"the file has {found} frames, height, width, not {request.shape}")
    return info


@contextlib.contextmanager
def _refusals_recorded(request: GenerateRequest, terms: Terms, gate: Gate) -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        open_audit_log().append(_refusal(error, request, terms, gate))
        raise


def _refusal(error: RefusedError, request: GenerateRequest, terms: Terms, gate: Gate) -> AuditEvent:
    stage, policy_sha256 = _STAGES.get(error.check, "file"), gate.policy.sha256
    if error.verdict is not None:
        return decision_event(
            error.verdict, stage=stage, policy_sha256=policy_sha256,
            prompt=request.prompt, user=terms.user, tier=terms.tier,
        )  # fmt: skip
    return AuditEvent(
        event="decision", stage=stage, action="block", rule=error.check,
        policy_sha256=policy_sha256, prompt=request.prompt, user=terms.user, tier=terms.tier,
    )  # fmt: skip


def _record_published(origin: Origin, terms: Terms, gate: Gate, sealed: Seal) -> None:
    event = AuditEvent(
        event="published",
        stage="file",
        action="allow",
        tier=terms.tier,
        user=terms.user,
        prompt=origin.request.prompt,
        policy_sha256=gate.policy.sha256,
        model_sha256=origin.model_sha256,
        manifest_id=sealed.manifest_id,
        detail=" ".join(f"{name}={state}" for name, state in gate.states().items()),
    )
    open_audit_log().append(event)
