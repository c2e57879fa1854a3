"""What a command does not need it does not import: that is most of what makes a start slow."""

import json

import pytest

NEVER = ("torch._dynamo", "torch._inductor", "sympy", "onnxruntime", "cv2", "scipy", "transformers")
"""PyTorch's compiler, and the packages of parts that are not asked for."""

NOT_WITHOUT_A_MODEL = (*NEVER, "torch", "c2pa", "tokenizers", "safetensors")

_SCRIPT = """
import json, sys
from hanazora.cli.main import run
codes = [run(arguments) for arguments in json.loads(sys.argv[1])]
print(json.dumps([codes, sorted(sys.modules)]))
"""


def _imported(run_python, cwd, *commands):
    done = run_python("-c", _SCRIPT, json.dumps(commands), cwd=cwd, timeout=600)
    assert done.returncode == 0, done.stderr
    codes, modules = json.loads(done.stdout.splitlines()[-1])
    assert codes == [0] * len(commands), done.stderr
    return modules


def test_help_and_versions_load_no_model(run_python, tmp_path):
    modules = _imported(run_python, tmp_path, ["--help"], ["generate", "--help"], ["version"])
    assert set(modules).isdisjoint(NOT_WITHOUT_A_MODEL)


def test_a_command_imports_no_other(run_python, tmp_path):
    modules = _imported(run_python, tmp_path, ["version"])
    own = {"commands", "error_ids", "main", "parsing", "starting", "version"}
    assert {name[13:] for name in modules if name.startswith("hanazora.cli.")} == own


@pytest.mark.timeout(600)  # three commands; seconds where the machine does nothing else
def test_making_a_video_needs_neither_the_compiler_nor_optional_parts(run_python, tmp_path):
    modules = _imported(
        run_python,
        tmp_path,
        ["safety", "check", "cherry blossoms in the snow"],
        ["plan", "cherry blossoms in the snow"],
        ["generate", "cherry blossoms in the snow", "-o", "a.mp4", "--stream"]
        + ["--size", "32x32", "--num-frames", "4", "--num-inference-steps", "1"],
    )
    assert "torch" in modules  # else the list below says nothing
    assert set(modules).isdisjoint(NEVER)
