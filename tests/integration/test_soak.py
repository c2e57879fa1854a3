"""A short soak of the bundled model; benchmarks/soak.py is the long one, with the bar's numbers."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import hanazora
from hanazora.pipelines.request import GenerateRequest


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"
    spec = importlib.util.spec_from_file_location("soak", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_jobs_leave_no_memory_and_stop_when_asked(benchmark: ModuleType, tmp_path: Path) -> None:
    request = GenerateRequest(
        prompt=benchmark.PROMPT, width=64, height=64, num_frames=9, num_inference_steps=2
    )
    found = benchmark.soak(
        hanazora.load(device="cpu"), request, tmp_path, num_jobs=9, num_cancelled=3, num_warm_up=2
    )
    assert len(found.after_bytes) == 9 and found.failures() == []
    assert [stage for stage, _ in found.cancels] == ["denoising", "denoising", "encoding"]


def test_a_leak_a_slow_stop_and_a_left_file_are_told(benchmark: ModuleType) -> None:
    fine = benchmark.Soak(10**9, [10**9 + 10**6], [10**8], [("encoding", 0.1)], [])
    assert fine.failures() == []
    leaking = fine._replace(after_bytes=[10**9 + 6 * 10**7])
    assert leaking.failures() == ["memory grew by 60.0 MB", "memory was 6.0% from idle"]
    slow = fine._replace(cancels=[("encoding", 0.1), ("denoising", 2.5)], left=["7.mp4"])
    assert slow.failures() == ["a cancelled job returned after 2.50 s", "7.mp4 was left"]
