import pytest
import torch

from hanazora.world.rays.compiling import Kernel, can_compile, kernels


def double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def test_kernels_run_eagerly_unless_asked():
    kernel = Kernel(double)
    assert torch.equal(kernel(torch.ones(3)), torch.full((3,), 2.0))
    with kernels(compiled=False):
        assert torch.equal(kernel(torch.ones(3)), torch.full((3,), 2.0))
    assert kernel._compiled is None


def test_a_function_that_cannot_be_traced_falls_back():
    def broken(x: torch.Tensor) -> torch.Tensor:
        return x + 1

    broken.__wrapped__ = broken  # as jaxtyping's hook leaves it
    with kernels(compiled=True):
        assert torch.equal(Kernel(broken)(torch.zeros(2)), torch.ones(2))


def test_can_compile_needs_a_compiler(monkeypatch):
    monkeypatch.setattr("hanazora.world.rays.compiling.shutil.which", lambda name: None)
    assert not can_compile("cpu")
    monkeypatch.setattr(
        "hanazora.world.rays.compiling.shutil.which",
        lambda name: "/bin/cc" if name == "gcc" else None,
    )
    assert can_compile("cpu")


SIZES = """
import torch
from hanazora.world.rays.compiling import Kernel, kernels
def double(x):
    return x * 2
kernel = Kernel(double)
with kernels(compiled=True):
    for size in (5, 17, 300):
        assert torch.equal(kernel(torch.ones(size, 4)), torch.full((size, 4), 2.0))
assert kernel._compiled is not None and not kernel._broken
print(torch._dynamo.utils.counters["stats"]["unique_graphs"])
"""


@pytest.mark.compile
def test_one_compilation_serves_all_sizes(run_python):
    result = run_python("-c", SIZES, timeout=110)
    assert result.stdout.strip() == "1", result.stderr
