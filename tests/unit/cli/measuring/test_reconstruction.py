from pathlib import Path

import numpy as np
import pytest

from hanazora.cli.main import run
from hanazora.media.encode import write_video


def test_renders_are_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "reconstruction", "--num-clips", "1", "--num-frames", "1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 renders of 1 frames: PSNR ")
    assert float(said.split("PSNR ")[1].split(" dB")[0]) > 15


def test_files_are_given_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "grey.mp4"
    write_video(path, np.full((5, 64, 96, 3), 128, np.uint8), fps=8)
    assert run(["eval", "reconstruction", str(path), "--num-frames", "5"]) == 0
    assert "1 files of 5 frames" in capsys.readouterr().out


def test_no_clips_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "reconstruction", "--num-clips", "0"]) == 2
    assert "num_clips" in capsys.readouterr().err
