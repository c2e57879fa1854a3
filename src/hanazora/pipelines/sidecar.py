"""The JSON beside every video: enough to make the same file again.

It holds the resolved request with the prompt, the hash of every weight file, the versions and the
state of every check; never a path, a host name or a clock time.
"""

import json
import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hanazora.core.checks import CheckResult
from hanazora.core.config import from_dict, to_dict
from hanazora.core.documents import read_json
from hanazora.core.errors import UserError
from hanazora.core.version import __version__
from hanazora.media.picture_files import PICTURE_KINDS
from hanazora.media.probe import VideoInfo
from hanazora.pipelines.request import GenerateRequest

FORMAT = "hanazora.sidecar/1"

# Versions that can change a pixel.
_PACKAGES = ("torch", "numpy", "tokenizers", "safetensors", "av")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """Which model made a video, and how it was run."""

    name: str
    """Name of the model, never its path."""

    weight_hashes: dict[str, str] = field(default_factory=dict)
    """sha256 of each weight file by its name inside the model directory."""

    device: str = "cpu"
    """Kind of hardware."""

    dtype: str = "fp32"
    """Precision of the computation."""


def sidecar_path(video_path: Path) -> Path:
    """Return where the sidecar of a video lies."""
    return video_path.with_suffix(".json")


def require_own_sidecar(path: Path) -> None:
    """Refuse a file whose sidecar would take the place of something else.

    A picture and a video of one name would share it, and so would any document of that name.

    Raises:
        UserError: another document lies there.
    """
    place = sidecar_path(path)
    if not os.path.lexists(place):
        return
    nearest = str(path.with_stem(f"{path.stem}-2"))
    try:
        found = read_json(place)
    except UserError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UserError(f"{place} is there", f"the sidecar of {path.name} has that name", nearest)
    asked = found.get("request")
    is_picture = isinstance(asked, dict) and asked.get("verb") == "picture"
    if is_picture != (path.suffix.lower() in PICTURE_KINDS):
        whose = "picture" if is_picture else "video"
        rule = f"the sidecar of {path.name} would take its place"
        raise UserError(f"{place} belongs to a {whose}", rule, nearest)


def build_sidecar(
    request: GenerateRequest,
    model: ModelInfo,
    video: VideoInfo,
    video_sha256: str,
    checks: dict[str, CheckResult],
    warnings: list[str],
) -> dict[str, Any]:
    """Gather everything there is to know about a video.

    Args:
        request: what was asked, with the model's own settings filled in.
        model: what made it.
        video: what the file says about itself.
        video_sha256: hash of the file.
        checks: the effective state of every check.
        warnings: what a person should know and no check refuses.
    """
    return {
        "format": FORMAT,
        "request": to_dict(request),
        "model": to_dict(model),
        "video": {**video._asdict(), "fps": str(video.fps), "sha256": video_sha256},
        "checks": {name: result._asdict() for name, result in checks.items()},
        "warnings": warnings,
        "versions": versions(),
    }


def dump_sidecar(sidecar: dict[str, Any]) -> str:
    """Return the text of a sidecar file."""
    return json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n"


def read_request(path: Path) -> GenerateRequest:
    """Read back the request from a sidecar, to make the same file again."""
    data = read_json(path)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UserError(f"{path} is not a sidecar", f"its format must be {FORMAT}")
    return from_dict(GenerateRequest, data.get("request"), "request")


def versions() -> dict[str, str]:
    """Return the versions of everything that can change a pixel."""
    found = {"hanazora": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
