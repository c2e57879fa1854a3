import json

import pytest

from hanazora.cli import world
from hanazora.cli.main import run
from hanazora.media.pictures import read_png_size
from hanazora.media.probe import probe


def test_a_clip_comes_with_its_caption_and_its_facts(tmp_path, capsys):
    path = tmp_path / "a.mp4"
    arguments = f"world render -o {path} --size 48x32 --num-frames 2 --seed 3 --device cpu"
    assert run(arguments.split()) == 0
    assert (probe(path).width, probe(path).height, probe(path).num_frames) == (48, 32, 2)
    caption = capsys.readouterr().out.splitlines()[0]
    assert json.loads((tmp_path / "a.json").read_text())["request"]["prompt"] == caption
    assert json.loads((tmp_path / "a.facts.json").read_text())["objects"]


def test_a_sheet_has_a_row_per_clip(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(world, "SHEET_NUM_FRAMES", 2)
    path = tmp_path / "a.png"
    arguments = f"world sheet -o {path} --rows 2 --columns 2 --size 32x32 --device cpu"
    assert run(arguments.split()) == 0
    width, height = read_png_size(path)
    assert 64 <= width <= 90 and 64 <= height <= 90
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("world render -o a.mp4 --setting moon", "setting is 'moon'"),
        ("world render -o a.mp4 --split nowhere", "split is 'nowhere'"),
        ("world sheet -o a.jpg", "must end in .png; try a.png"),
        ("world render -o a.mp4 --size 7x7", "try 16x16"),
    ],
)
def test_a_wrong_word_is_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run(arguments.split()) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
