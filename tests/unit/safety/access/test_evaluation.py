import hashlib
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.safety.access.evaluation import (
    Metric,
    SafetyReport,
    hash_model_directory,
    judge_gates,
    load_reports,
    load_safety_report,
    model_sha256,
    reports_dir,
    save_figures,
    save_safety_report,
)
from hanazora.safety.access.tiers import Gate, load_access
from hanazora.safety.policy import load_policy

GATE = Gate(metric="prompt.recall", at_least=0.95, min_cases=100)


def report(value, cases=100, policy="p", model="m", created="2026-01-01T00:00:00"):
    metrics = {"prompt.recall": Metric(value=value, num_cases=cases)}
    return SafetyReport(policy_sha256=policy, model_sha256=model, metrics=metrics, created=created)


def judged(*reports):
    (result,) = judge_gates([GATE], reports, "p", "m")
    return result


def test_a_report_survives_the_disk(tmp_path):
    later, earlier = report(0.9, created="2026-01-02T00:00:00"), report(0.8)
    path = save_safety_report(later, tmp_path)
    save_safety_report(earlier, tmp_path)
    assert load_safety_report(path) == later
    assert load_reports(tmp_path) == [earlier, later]
    path.write_text("{}")
    with pytest.raises(UserError, match="not a safety report"):
        load_reports(tmp_path)
    assert reports_dir().name == "evaluations"


def test_a_gate_takes_the_newest_figure_of_this_policy_and_model():
    assert judged(report(0.96)).passed
    assert not judged().passed
    assert not judged(report(0.96), report(0.94)).passed
    assert judged(report(0.94), report(0.96)).passed
    assert not judged(report(0.96, policy="q")).passed
    assert not judged(report(0.96, model="n")).passed
    assert "not measured" in judged(report(0.96, model="n")).text


def test_too_few_cases_and_no_number_do_not_pass():
    assert not judged(report(1.0, cases=99)).passed
    assert "100 needed" in judged(report(1.0, cases=99)).text
    assert not judged(report(float("nan"))).passed


def test_a_model_on_disk_has_the_hash_of_its_sidecars():
    def digest(part):
        path = bundled_model_dir() / part / "diffusion_pytorch_model.safetensors"
        return hashlib.sha256(path.read_bytes()).hexdigest()

    parts = {part: digest(part) for part in ("transformer", "autoencoder", "text_encoder")}
    assert hash_model_directory(bundled_model_dir()) == model_sha256(parts)
    with pytest.raises(UserError, match="no weights"):
        hash_model_directory(bundled_model_dir() / "tokenizer")


def test_a_benchmark_writes_its_section_and_gates_read_the_newest(tmp_path, monkeypatch):
    gate = Gate(metric="prompt.recall", at_least=0.9, min_cases=10)
    weights = tmp_path / "model" / "transformer" / "weights.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    here = {"model": tmp_path / "model", "directory": tmp_path}
    save_figures("first", {"prompt.recall": (0.5, 100)}, **here)
    save_figures("second", {"prompt.recall": (0.95, 100)}, sets={"corpus": "ab"}, **here)
    reports = load_reports(tmp_path)
    assert [report.command for report in reports] == ["first", "second"]
    sha256 = hash_model_directory(tmp_path / "model")
    (result,) = judge_gates([gate], reports, load_policy().sha256, sha256)
    assert result.passed
    (other,) = judge_gates([gate], reports, load_policy().sha256, "another model")
    assert not other.passed and "prompt.recall" in other.text


def test_every_gate_that_is_asked_for_is_measured_by_a_benchmark():
    directory = Path(__file__).resolve().parents[4] / "benchmarks"
    written = "".join(path.read_text() for path in directory.glob("*.py"))
    rules, _ = load_access()
    asked = {gate.metric for each in rules.promotions.values() for gate in each.gates}
    assert [name for name in sorted(asked) if f'"{name}"' not in written] == []
