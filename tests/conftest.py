"""Shared fixtures: one seed, few threads, and a tiny clip made by code."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

SOURCE = Path(__file__).resolve().parent.parent / "src"


# The tensors of the tests are tiny: threads only wait for each other, above all on a busy machine.
torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """Keys, ledger and logs of the tests lie in a temporary directory, never in the user's own.

    One for the whole run: making keys once is enough. A test that needs its own sets the variable.
    """
    directory = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANAZORA_HOME", str(directory))
        yield directory


@pytest.fixture
def seed():
    return 1234


@pytest.fixture
def clip():
    """Return a function that makes a small moving picture, uint8 t h w c."""

    def make(num_frames=5, height=32, width=48):
        t, y, x = np.mgrid[0:num_frames, 0:height, 0:width]
        red = (x * 5 + t * 11) % 256
        green = (y * 7 + t * 3) % 256
        blue = 128 + 60 * np.sin((x + y) / 9.0 + t)
        return np.stack([red, green, blue], axis=-1).astype(np.uint8)

    return make


@pytest.fixture
def run_python():
    """Return a function that runs this Python in a new process with the package importable."""

    def run(*arguments, cwd=None, timeout=100):
        path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return run
