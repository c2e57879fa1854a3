import os
import subprocess
import sys

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.parallel.device import (
    Device,
    describe_device,
    free_memory_bytes,
    has_bf16,
    is_out_of_memory,
    pick_device,
    pick_dtype,
    release_memory,
    tune_allocator,
)

CPU = torch.device("cpu")


def test_the_cpu_is_always_there():
    device = pick_device("cpu", "fp32")
    assert device == Device(CPU, torch.float32)
    assert (device.type, device.dtype_name) == ("cpu", "fp32")
    assert describe_device(device) == "cpu"


def test_auto_takes_bf16_only_where_the_hardware_has_it(monkeypatch):
    for flags, expected in [
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({"avx2": True, "amx_bf16": False}, torch.float32),
    ]:
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda flags=flags: flags)
        assert has_bf16(CPU) == (expected == torch.bfloat16)
        assert pick_dtype("auto", CPU) == expected


def test_torchs_own_names_of_dtypes_work():
    assert pick_dtype("bfloat16", CPU) == torch.bfloat16


def test_auto_is_a_device_that_works():
    device = pick_device()
    assert torch.ones(2, device=device.torch, dtype=device.dtype).sum().item() == 2


@pytest.mark.parametrize(
    ("name", "dtype", "message"),
    [
        ("gpu", "auto", "device 'gpu' is unknown"),
        ("cuda:99", "auto", "this machine has"),
        ("xla", "auto", "is not supported"),
        ("cpu", "fp8", "it must be auto, fp32, bf16, fp16; try auto"),
    ],
)
def test_what_is_not_there_is_one_line(name, dtype, message):
    with pytest.raises(UserError) as caught:
        pick_device(name, dtype)
    assert message in str(caught.value)


def test_every_process_of_a_machine_has_a_gpu_of_its_own(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert pick_device("auto", "fp32").torch == torch.device("cuda", 1)
    assert pick_device("cuda", "fp32").torch == torch.device("cuda", 1)
    assert pick_device("cuda:0", "fp32").torch == torch.device("cuda", 0)
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(UserError, match="this machine has 2 of that kind"):
        pick_device("cuda", "fp32")


def test_the_users_own_allocator_settings_win(monkeypatch):
    monkeypatch.setenv("PYTORCH_ALLOC_CONF", "x")
    monkeypatch.setenv("MALLOC_TOP_PAD_", "0")
    tune_allocator()
    assert os.environ["PYTORCH_ALLOC_CONF"] == "x"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_large_tensors_are_made_from_memory_that_was_freed() -> None:
    code = (
        "import resource, torch; from hanazora.parallel.device import tune_allocator\n"
        "tune_allocator(); torch.set_num_threads(1); x = torch.ones(1 << 20)\n"
        "for _ in range(3): y = x * x; del y\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(20): y = x * x; del y\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    faults = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert int(faults) < 10 * 1024  # a tensor has 1,024 pages: most of the 20 reuse what was freed


def test_memory_is_given_back_on_the_cpu_too():
    release_memory(CPU)


@pytest.mark.gpu
def test_a_gpu_is_found_and_named():
    device = pick_device("cuda")
    assert device.type == "cuda"
    assert describe_device(device)


def test_the_cpu_has_no_memory_of_its_own():
    assert free_memory_bytes(CPU) is None


def test_a_failed_allocation_is_told_from_other_errors():
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (9 GB)"))
    assert not is_out_of_memory(RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**55, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
