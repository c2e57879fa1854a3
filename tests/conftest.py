"""Shared fixtures: one seed, few threads, and a tiny clip made by code."""

import os
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
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
def write_clip(clip):
    """Return a function that writes a real file of somebody's own, with its caption beside it.

    The times of the frames are in seconds; `quarters` turns it as a phone does, in its header.
    """

    def write(path, times, caption="a drifting pattern", *, size=(96, 64), pixels="yuv420p",
              quarters=0):  # fmt: skip
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=25, options={"crf": "12"})
            stream.width, stream.height, stream.pix_fmt = *size, pixels
            stream.codec_context.time_base = Fraction(1, 1000)
            for picture, seconds in zip(clip(len(times), size[1], size[0]), times, strict=True):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
                frame.pts, frame.time_base = round(seconds * 1000), Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        if quarters:
            data = bytearray(path.read_bytes())
            place = data.index(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, 8.3.2: its matrix
            a, b, c, d = {1: (0, 1, -1, 0), 2: (-1, 0, 0, -1)}[quarters]
            matrix = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
            struct.pack_into(">9i", data, place, *matrix)
            path.write_bytes(data)
        if caption is not None:
            path.with_suffix(".txt").write_text(caption, encoding="utf-8")
        return path

    return write


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
