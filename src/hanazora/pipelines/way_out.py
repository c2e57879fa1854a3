"""The single way out: every file that leaves goes through `publish`, and nothing else writes one.

frames -> frame filter -> watermark -> encode -> sign -> verify -> the file gets its name. A check
that fails stops the file; a check that did not run is written into the sidecar as such.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from hanazora.core.checks import CheckResult
from hanazora.core.errors import UserError
from hanazora.core.paths import atomic_path, require_writable
from hanazora.core.version import __version__
from hanazora.media.encode import open_video
from hanazora.media.frames import FramePiece, is_flat
from hanazora.media.probe import VideoInfo, probe
from hanazora.pipelines.progress import Progress, SilentProgress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import (
    ModelInfo,
    build_sidecar,
    dump_sidecar,
    sha256_file,
    sidecar_path,
)
from hanazora.provenance.sign import sign_file
from hanazora.provenance.verify import verify_file
from hanazora.provenance.watermark import embed
from hanazora.safety.frame_filter import check_frames
from hanazora.safety.prompt_filter import check_prompt


class RefusedError(UserError):
    """A check said no; nothing was written."""


class Published(NamedTuple):
    """A finished file and what is known about it."""

    path: Path
    sidecar_path: Path
    sha256: str
    checks: dict[str, CheckResult]
    warnings: list[str]


def admit(request: GenerateRequest) -> CheckResult:
    """Judge a request before anything is computed for it.

    Raises:
        RefusedError: the prompt filter said no.
    """
    return _require("prompt_filter", check_prompt(request.prompt, request.negative_prompt))


def require_output_path(path: Path) -> None:
    """Refuse a place that cannot be written before minutes are spent on what would go there."""
    if path.suffix.lower() != ".mp4":
        raise UserError(f"output {path.name!r}", "its name must end in .mp4", f"{path.stem}.mp4")
    require_writable(path)


def publish(
    frames: Iterable[FramePiece],
    request: GenerateRequest,
    model: ModelInfo,
    path: Path,
    *,
    progress: Progress | None = None,
) -> Published:
    """Check, mark, encode, sign and verify frames as they come; then the file appears.

    Args:
        frames: consecutive pieces of the video; together exactly what was requested.
        request: the resolved request: no field is none any more.
        model: what made the frames.
        path: where the video goes; its sidecar goes beside it.
        progress: told about each frame.

    Raises:
        RefusedError: a check said no.
        OutputError: the file cannot be written.
    """
    checks, warnings = {"prompt_filter": admit(request)}, list[str]()
    progress = progress or SilentProgress()
    progress.start("encoding", request.num_frames)
    with atomic_path(path) as video_file, atomic_path(sidecar_path(path)) as sidecar_file:
        size = {"width": request.width, "height": request.height}
        with open_video(video_file, **size, fps=request.fps) as writer:
            for piece in _checked(frames, checks, warnings):
                writer.append(piece)
                progress.advance(len(piece))
        checks["signature"] = _require("signature", sign_file(video_file, _claims(request, model)))
        checks["verification"] = _require("verification", verify_file(video_file))
        info = _require_exact(probe(video_file), request)
        sha256 = sha256_file(video_file)
        sidecar = build_sidecar(request, model, info, sha256, checks, warnings)
        sidecar_file.write_text(dump_sidecar(sidecar), encoding="utf-8")
    return Published(path, sidecar_path(path), sha256, checks, warnings)


def _checked(
    frames: Iterable[FramePiece], checks: dict[str, CheckResult], warnings: list[str]
) -> Iterator[FramePiece]:
    first_frame, flat = 0, True
    for piece in frames:
        checks["frame_filter"] = _require("frame_filter", check_frames(piece))
        marked, checks["watermark"] = embed(piece, first_frame)
        _require("watermark", checks["watermark"])
        flat = flat and is_flat(piece)
        first_frame += len(piece)
        yield marked
    if flat:
        warnings.append("every frame is one single colour")


def _require(name: str, result: CheckResult) -> CheckResult:
    if result.state == "failed":
        raise RefusedError(f"refused by {name}", result.detail or "it gave no reason")
    return result


def _require_exact(info: VideoInfo, request: GenerateRequest) -> VideoInfo:
    found = (info.num_frames, info.height, info.width)
    if found != request.shape:
        raise RuntimeError(f"the file has {found} frames, height, width, not {request.shape}")
    return info


def _claims(request: GenerateRequest, model: ModelInfo) -> dict[str, str]:
    # A hash of the prompt, never its text: the published file must not tell what was asked.
    prompt_sha256 = hashlib.sha256(request.prompt.encode()).hexdigest()
    return {"model": model.name, "version": __version__, "prompt_sha256": prompt_sha256}
