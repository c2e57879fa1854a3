"""Is everything there to make a video on this machine? No finding names a path or a host."""

import platform
import re
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import torch

from hanazora.core.errors import UserError
from hanazora.core.machine import available_memory_bytes, free_disk_bytes, num_processors
from hanazora.core.paths import bundled_model_dir
from hanazora.media.codecs import find_codecs
from hanazora.parallel.device import describe_device, has_bf16, pick_device
from hanazora.pipelines.model_directory import load_model
from hanazora.pipelines.sidecar import versions

State: TypeAlias = Literal["ok", "note", "missing"]

MIN_DISK_BYTES = 1 << 30
MIN_MEMORY_BYTES = 2 << 30


class Finding(NamedTuple):
    """One thing that was looked at; `missing` is needed, a `note` is only good to know."""

    name: str
    state: State
    detail: str


def examine(
    model: Path | None = None, device: str = "auto", dtype: str = "auto", place: Path = Path()
) -> list[Finding]:
    """Look at everything a video needs.

    Args:
        model: a model directory; none is the bundled one.
        device: as `--device` would be given.
        dtype: as `--dtype` would be given.
        place: where videos would be written.
    """
    return [
        Finding("versions", "ok", _joined(versions())),
        Finding("system", "ok", f"{platform.system()} {platform.machine()}"),
        _device(device, dtype),
        _memory(),
        _disk(place),
        _codecs(),
        _model(model or bundled_model_dir()),
        *optional_parts(),
    ]


def is_healthy(findings: list[Finding]) -> bool:
    """Tell whether nothing that is needed is missing."""
    return all(finding.state != "missing" for finding in findings)


def report(findings: list[Finding]) -> str:
    """Return the findings as lines to paste into an issue."""
    width = max(len(finding.name) for finding in findings)
    return "\n".join(f"{f.state:<7} {f.name:<{width}}  {f.detail}" for f in findings)


def optional_parts() -> list[Finding]:
    """Return for each extra of the package whether it is installed."""
    extras = dict[str, list[str]]()
    for line in _requirements():
        match = re.fullmatch(r"([\w.-]+).*extra == ['\"]([\w-]+)['\"]", line)
        if match and match[2] != "dev":
            extras.setdefault(match[2], []).append(match[1])
    findings = []
    for extra, names in sorted(extras.items()):
        absent = [name for name in names if not _is_installed(name)]
        detail = f"lacks {', '.join(absent)}; pip install 'hanazora[{extra}]'"
        state: State = "note" if absent else "ok"
        if not absent:
            detail = _joined({name: version(name) for name in names})
        findings.append(Finding(f"extra {extra}", state, detail))
    return findings


def _requirements() -> list[str]:
    try:
        return metadata("hanazora").get_all("Requires-Dist") or []
    except PackageNotFoundError:  # run from the source tree
        return []


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _device(name: str, dtype: str) -> Finding:
    try:
        device = pick_device(name, dtype)
        product = torch.ones(8, 8, device=device.torch, dtype=device.dtype) @ torch.ones(
            8, 8, device=device.torch, dtype=device.dtype
        )
        works = bool((product.float() == 8).all())
    except (UserError, RuntimeError) as error:
        return Finding("device", "missing", " ".join(str(error).split()))
    bf16 = "multiplies bf16" if has_bf16(device.torch) else "does not multiply bf16"
    threads = f", {torch.get_num_threads()} of {num_processors()} processors"
    detail = f"{describe_device(device)} in {device.dtype_name} ({bf16}){threads}"
    return Finding("device", "ok" if works else "missing", detail if works else f"{detail}: wrong")


def _memory() -> Finding:
    free = available_memory_bytes()
    state: State = "ok" if free >= MIN_MEMORY_BYTES else "note"
    return Finding("memory", state, f"{gigabytes(free)} free; the default video needs about 1 GB")


def _disk(place: Path) -> Finding:
    free = free_disk_bytes(place)
    state: State = "ok" if free >= MIN_DISK_BYTES else "missing"
    return Finding("disk", state, f"{gigabytes(free)} free where videos go")


def _codecs() -> Finding:
    found = find_codecs()
    if found.missing_encoders:
        lacks = ", ".join(found.missing_encoders)
        return Finding("codecs", "missing", f"FFmpeg {found.ffmpeg} cannot write {lacks}")
    if found.missing_decoders:
        lacks = ", ".join(found.missing_decoders)
        return Finding("codecs", "note", f"FFmpeg {found.ffmpeg} cannot read {lacks}")
    return Finding("codecs", "ok", f"FFmpeg {found.ffmpeg}")


def _model(directory: Path) -> Finding:
    try:
        model = load_model(directory)
    except UserError as error:
        # The message may hold the path of the directory, which must not be pasted anywhere.
        detail = str(error).replace(str(directory), "the model directory")
        return Finding("model", "missing", detail)
    networks = (model.transformer, model.autoencoder, model.text_encoder)
    count = sum(value.numel() for network in networks for value in network.parameters())
    hashes = _joined({name: value[:12] for name, value in model.weight_hashes.items()})
    return Finding("model", "ok", f"{count / 1e6:.1f} M parameters, sha256 {hashes}")


def gigabytes(num_bytes: int) -> str:
    """Return a size as people read it."""
    return f"{num_bytes / 1e9:.1f} GB"


def _joined(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
