from pathlib import Path

import pytest

from hanazora.cli.main import run
from hanazora.cli.verbs.animate import parse_pin
from hanazora.core.errors import UserError


def test_pictures_are_pinned_to_their_times(capsys):
    command = ["animate", "it moves", "--image", "cat.png@0", "--image", "cat.png@1"]
    assert run([*command, "--seconds", "2", "--no-expand", "--plan"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("animate: 48x32, 16 frames") and "1.00-1.12      input 2" in out


def test_a_time_outside_the_video_is_refused(capsys):
    command = "animate x --image cat.png@9 --seconds 2 --no-expand --plan"
    assert run(command.split()) == 2
    assert "a picture at 9 s: the video ends at 1.875 s; try 1.875" in capsys.readouterr().err


def test_a_pin_is_a_file_and_a_time():
    assert parse_pin("a@b.png@1.5") == (Path("a@b.png"), 1.5)
    assert parse_pin("cat.png") == (Path("cat.png"), 0.0)
    for text in ("cat.png@soon", "cat.png@nan", "cat.png@inf"):
        with pytest.raises(UserError, match="it must be FILE@SECONDS; try cat.png@0"):
            parse_pin(text)
