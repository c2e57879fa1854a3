import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hanazora.cli.main import run
from hanazora.core.documents import sha256_file
from hanazora.pipelines.decoding import LatentDecoder
from hanazora.pipelines.runs.run_directory import RunDirectory

SMALL = "--size 48x32 --num-frames 9 --num-inference-steps 2 --seed 3 --device cpu --dtype fp32"
SOURCE = Path(__file__).resolve().parents[4] / "src"


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def stop_after(monkeypatch, num_chunks):
    original = RunDirectory.save_chunk

    def save_chunk(self, index, latents):
        original(self, index, latents)
        if self.num_finished == num_chunks:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunDirectory, "save_chunk", save_chunk)


def test_ctrl_c_names_the_command_that_goes_on_to_the_same_file(capsys, monkeypatch):
    assert run(f"generate snow -o whole.mp4 {SMALL}".split()) == 0
    assert not Path("whole.run").exists()
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        assert run(f"generate snow -o a.mp4 {SMALL}".split()) == 130
    err = capsys.readouterr().err.strip()
    assert err.splitlines()[-1] == "hanazora: cancelled; to go on: hanazora resume a.run"
    assert os.listdir("a.run/chunks") == ["0000-0000.safetensors"]
    assert run(["resume", "a.run", "--keep-run"]) == 0
    assert sha256_file(Path("a.mp4")) == sha256_file(Path("whole.mp4"))
    assert "run kept in" in capsys.readouterr().out
    assert run(["decode", "a.run", "--tile", "32"]) == 0
    assert not Path("a.run").exists()
    assert sha256_file(Path("a.mp4")) == sha256_file(Path("whole.mp4"))


def test_a_decode_without_memory_names_the_command_that_finishes(capsys, monkeypatch):
    def no_memory(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(LatentDecoder, "_decode_tiles", no_memory)
        assert run(f"generate snow -o a.mp4 {SMALL}".split()) == 2
    assert "hanazora decode" in capsys.readouterr().err
    assert not Path("a.mp4").exists()
    assert run(["decode", "a.run"]) == 0
    assert sorted(os.listdir()) == ["a.json", "a.latents.safetensors", "a.mp4"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["resume", "absent.run"], "is not a run"), (["decode", "."], "is not a run"),
     (["decode", "a.run", "--tile", "7"], "--tile '7'")],
)  # fmt: skip
def test_what_is_no_run_is_refused(capsys, arguments, message):
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kill_9_at_three_random_points_gives_the_same_file(tmp_path):
    arguments = (
        "--size 96x64 --num-frames 41 --num-inference-steps 6 --seed 5 --device cpu --dtype fp32"
    )
    path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}

    def start(*words):
        command = [sys.executable, "-m", "hanazora.cli.main", *words]
        return subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)

    assert start("generate", "snow falls", "-o", "whole.mp4", *arguments.split()).wait() == 0
    rng = random.Random(7)
    process = start("generate", "snow falls", "-o", "a.mp4", *arguments.split())
    chunks = tmp_path / "a.run" / "chunks"
    for num_chunks in sorted(rng.sample(range(1, 6), 3)):
        while not chunks.exists() or len(list(chunks.glob("0*"))) < num_chunks:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.002)
        time.sleep(rng.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert not (tmp_path / "a.mp4").exists()
        process = start("resume", "a.run")
    assert process.wait() == 0
    assert sha256_file(tmp_path / "a.mp4") == sha256_file(tmp_path / "whole.mp4")
    assert not (tmp_path / "a.run").exists()
