from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.parallel.device import pick_device
from hanazora.pipelines.preflight import estimate as room
from hanazora.pipelines.preflight import memory
from hanazora.pipelines.preflight.estimate import Fit, estimate, gigabytes, require_fit
from hanazora.pipelines.request import GenerateRequest

REQUEST = GenerateRequest(prompt="snow", num_frames=33)
CPU = pick_device("cpu", "bf16")


@pytest.fixture(autouse=True)
def _without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures do not depend on what is installed here."""
    monkeypatch.setattr(memory, "is_installed", lambda: False)


def _memory(**changes: object) -> int:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]
    return estimate(request, bundled_model_dir(), CPU).memory_bytes


def _there_is(
    monkeypatch: pytest.MonkeyPatch, memory_bytes: int = 1 << 40, disk_bytes: int = 1 << 40
) -> None:
    monkeypatch.setattr(room, "what_there_is", lambda *_: Fit(memory_bytes, disk_bytes))


def test_memory_follows_the_size_and_hardly_the_duration() -> None:
    assert _memory(width=1280, height=720) > _memory(width=640, height=384) + (200 << 20)
    assert _memory(num_frames=480) < 1.02 * _memory(num_frames=80)
    parts = estimate(REQUEST, bundled_model_dir(), CPU).parts
    assert sum(parts.values()) == _memory() and min(parts.values()) > 0


def test_disk_follows_the_duration() -> None:
    short, long = (
        estimate(replace(REQUEST, num_frames=n), bundled_model_dir(), CPU) for n in (48, 480)
    )
    assert 8 * short.kept_bytes < long.kept_bytes < 12 * short.kept_bytes
    assert short.kept_bytes < short.disk_bytes


def test_what_fits_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _there_is(monkeypatch)
    found = require_fit(REQUEST, bundled_model_dir(), CPU, tmp_path)
    assert found == estimate(REQUEST, bundled_model_dir(), CPU)


def test_the_nearest_size_that_fits_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(REQUEST, width=1920, height=1080)
    room_bytes = _memory(width=960, height=544)
    _there_is(monkeypatch, memory_bytes=room_bytes)
    with pytest.raises(UserError, match=r"1920x1080 needs .* try --size \d+x\d+$") as caught:
        require_fit(request, bundled_model_dir(), CPU, tmp_path)
    width, height = (int(side) for side in str(caught.value).split()[-1].split("x"))
    assert _memory(width=width, height=height) <= room_bytes
    assert 860 <= width <= 960 and abs(width / height - 16 / 9) < 0.1
    _there_is(monkeypatch, memory_bytes=1000)
    with pytest.raises(UserError, match="a machine with more memory"):
        require_fit(request, bundled_model_dir(), CPU, tmp_path)


def test_the_nearest_duration_that_fits_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(REQUEST, num_frames=480, width=1280, height=720)
    enough = estimate(replace(request, num_frames=240), bundled_model_dir(), CPU).disk_bytes
    _there_is(monkeypatch, disk_bytes=enough)
    with pytest.raises(UserError, match=r"60 s need .* of disk.*try --num-frames 240$"):
        require_fit(request, bundled_model_dir(), CPU, tmp_path)


def test_sizes_are_written_as_people_read_them() -> None:
    assert (gigabytes(400_000_000), gigabytes(12_340_000_000)) == ("0.40 GB", "12.3 GB")
    assert gigabytes(2_100_000) == "2 MB"


def test_a_larger_dtype_needs_more() -> None:
    both = [
        estimate(REQUEST, bundled_model_dir(), pick_device("cpu", dtype)).memory_bytes
        for dtype in ("bf16", "fp32")
    ]
    assert both[0] < both[1]
    assert CPU.dtype == torch.bfloat16
