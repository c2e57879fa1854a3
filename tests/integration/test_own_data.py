"""Somebody's own clips, from files to a video of the tuned model, by the commands alone."""

import json
import shutil

import pytest

from hanazora.cli.main import run
from hanazora.media.pictures import write_png
from hanazora.media.probe import probe

EIGHT = [index / 8 for index in range(17)]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_three_clips_to_a_video(tmp_path, write_clip, clip, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clips").mkdir()
    write_clip(tmp_path / "clips" / "a.mp4", EIGHT, "a drifting rainbow")
    write_clip(tmp_path / "clips" / "b.mkv", EIGHT[:5], "a tall rainbow", size=(64, 96))
    write_png(tmp_path / "clips" / "c.png", clip(1, 64, 64)[0])
    (tmp_path / "clips" / "c.txt").write_text("a rainbow that stands still")

    assert run(["data", "check", "clips", "--json"]) == 0
    checked = json.loads(capsys.readouterr().out)
    assert checked["clips"] == 3 and not checked["dropped"]
    assert run(["data", "encode", "clips", "pool"]) == 0

    train = ["train", "tune_cpu", "--set", "pool.directory=pool", "--set", "packing.num_tokens=96"]
    train += ["--set", "device=cpu", "--set", "log_every=1"]
    assert run([*train, "--set", "steps=2"]) == 0
    used = json.loads((tmp_path / "runs" / "tune_cpu" / "data.json").read_text())
    assert used["sizes"] == checked["sizes"]

    words = ["generate", "a drifting rainbow", "--model", "runs/tune_cpu", "-o", "a.mp4"]
    assert run([*words, "--size", "96x64", "--num-frames", "5", "--num-inference-steps", "2"]) == 0
    made = probe(tmp_path / "a.mp4")
    assert (made.width, made.height, made.num_frames) == (96, 64, 5)

    # A run goes on with the pool it began with, and with no other.
    (tmp_path / "clips" / "a.txt").write_text("another caption")
    assert run(["data", "encode", "clips", "pool"]) == 0
    assert run([*train, "--set", "steps=4"]) == 2
    assert "is not the pool that runs/tune_cpu began with" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "pool")
    assert run([*train, "--set", "steps=4"]) == 2
    assert "pool holds no pool: this run renders none" in capsys.readouterr().err
