import socket
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import torch

from hanazora.core.machine import free_disk_bytes
from hanazora.core.paths import bundled_model_dir
from hanazora.media.codecs import Codecs
from hanazora.pipelines.model_directory import Model, save_model
from hanazora.pipelines.preflight import doctor
from hanazora.pipelines.preflight.doctor import examine, is_healthy, optional_parts, report


@pytest.fixture
def model_dir(tiny_model: Model, tmp_path: Path) -> Path:
    save_model(tiny_model, tmp_path / "model", torch.float32)
    return tmp_path / "model"


def _states(findings: list[doctor.Finding]) -> dict[str, str]:
    return {finding.name: finding.state for finding in findings}


def test_a_machine_that_runs_the_tests_is_healthy(model_dir: Path, tmp_path: Path) -> None:
    findings = examine(model_dir, "cpu", "fp32", tmp_path)
    assert is_healthy(findings)
    states = _states(findings)
    assert {"versions", "device", "memory", "disk", "codecs", "model"} <= set(states)
    details = {finding.name: finding.detail for finding in findings}
    assert details["device"].startswith("cpu in fp32")
    assert f"torch {torch.__version__}" in details["versions"]


def test_the_paste_names_no_path_and_no_host(model_dir: Path, tmp_path: Path) -> None:
    for directory in (model_dir, tmp_path / "absent"):
        text = report(examine(directory, "cpu", "auto", tmp_path))
        for secret in (str(tmp_path), str(Path.home()), str(bundled_model_dir())):
            assert secret not in text
        assert socket.gethostname() not in text
        assert len(text.splitlines()) >= 7


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [({"device": "cuda:99"}, "device", "this machine has"),
     ({"dtype": "int3"}, "device", "it must be auto"),
     ({"model": Path("absent")}, "model", "not a model directory")],
)  # fmt: skip
def test_what_lacks_is_named(
    model_dir: Path, arguments: dict[str, object], name: str, words: str
) -> None:
    findings = examine(**{"model": model_dir, "device": "cpu", **arguments})  # type: ignore[arg-type]
    assert not is_healthy(findings)
    found = next(finding for finding in findings if finding.name == name)
    assert found.state == "missing" and words in found.detail


def test_a_full_disk_and_an_absent_encoder_are_missing(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "MIN_DISK_BYTES", free_disk_bytes(Path()) * 2)
    monkeypatch.setattr(doctor, "find_codecs", lambda: Codecs("8", ("libx264",), ()))
    states = _states(examine(model_dir, "cpu"))
    assert states["disk"] == states["codecs"] == "missing"


def test_extras_are_notes_never_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["torch>=2", 'numpy>=1; extra == "fast"', 'no-such-package>=9; extra == "rare"',
             'ruff; extra == "dev"']  # fmt: skip
    monkeypatch.setattr(doctor, "_requirements", lambda: lines)
    found = {finding.name: finding for finding in optional_parts()}
    assert set(found) == {"extra fast", "extra rare"}
    assert found["extra fast"].state == "ok" and found["extra rare"].state == "note"
    assert "lacks no-such-package; pip install 'hanazora[rare]'" in found["extra rare"].detail


def test_a_source_tree_has_no_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "metadata", absent)
    assert optional_parts() == []
