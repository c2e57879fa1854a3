import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.pipelines.verbs.storyboard import read_storyboard, storyboard_task

MakeClip = Callable[..., Path]
HEAD = 'size = "64x48"\nstyle = "soft light"\n[subjects]\nmia = "a girl in red"\n'


def _board(tmp_path: Path, *shots: str, head: str = HEAD) -> Path:
    path = tmp_path / "board.toml"
    path.write_text(head + "".join(f"[[shots]]\n{shot}\n" for shot in shots))
    return path


def test_style_and_subjects_are_written_out_in_every_shot(tmp_path: Path) -> None:
    path = _board(
        tmp_path,
        'seconds = 2\nprompt = "{mia} walks"\nscene = "alley"',
        'seconds = 1.5\nprompt = "A fish swims."\ntransition = "continuous"',
    )
    request = storyboard_task(path).request
    assert [shot.prompt for shot in request.shots] == [
        "A girl in red walks. Soft light.",
        "A fish swims. Soft light.",
    ]
    assert [shot.num_frames for shot in request.shots] == [16, 12]
    assert (request.num_frames, request.width, request.height) == (28, 64, 48)
    assert (request.shots[0].scene, request.shots[1].transition) == ("alley", "continuous")


def test_json_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    path.write_text(json.dumps({"shots": [{"prompt": "snow", "seconds": 1}], "fps": 12}))
    request = storyboard_task(path).request
    assert (request.num_frames, request.fps, request.width) == (12, 12.0, 320)


def test_a_picture_begins_a_shot_and_gives_the_size(tmp_path: Path, still: MakeClip) -> None:
    still("cat.png")
    path = _board(tmp_path, 'seconds = 1\nprompt = "a cat"\nimage = "cat.png"', head="")
    task = storyboard_task(path)
    assert (task.request.width, task.request.height) == (48, 32)
    assert task.files == (tmp_path / "cat.png",) and task.request.shots[0].picture == 0


@pytest.mark.parametrize(
    ("shots", "message"),
    [
        (("seconds = 2", "start = 1.5\nseconds = 1"), "starts at 1.5 s: shot 1 lasts until 2 s"),
        (("seconds = 2", "start = 3\nseconds = 1"), "nothing is shown from 2 to 3 s"),
        (("start = 1\nseconds = 2",), "nothing is shown from 0 to 1 s"),
        (("seconds = 0",), "lasts 0 s"),
        (("seconds = 0.01",), "less than one frame at 8 fps"),
        (("start = 0",), "says neither how long"),
        (("seconds = 61",), "at most 60 s"),
    ],
)
def test_impossible_times_are_refused(tmp_path: Path, shots: tuple[str, ...], message: str) -> None:
    path = _board(tmp_path, *(f'{shot}\nprompt = "x"' for shot in shots))
    with pytest.raises(UserError, match=message):
        storyboard_task(path)


def test_shots_outside_the_video_are_refused(tmp_path: Path) -> None:
    for seconds, side in ((2, "past"), (4, "before")):
        path = _board(tmp_path, 'seconds = 3\nprompt = "x"', head=f"seconds = {seconds}\n")
        with pytest.raises(UserError, match=f"the shots end at 3 s, {side} its end"):
            storyboard_task(path)
    path = _board(tmp_path, 'prompt = "x"', head="seconds = 3\n")
    assert storyboard_task(path).request.num_frames == 24


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shots = []", "has no shot"),
        ("shots = [", "not valid TOML"),
        ('[[shots]]\nprmpt = "x"', "did you mean storyboard.shots.0.prompt"),
        ('[[shots]]\nseconds = 1\nprompt = "{bo}"', "names {bo}: the subjects are none"),
        ('[[shots]]\nseconds = 1\nprompt = "x"\nimage = "no.png"', "no.png"),
        ('[[shots]]\nseconds = 1\nprompt = "x"\ntransition = "fade"', "must be one of"),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "board.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        storyboard_task(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_storyboard(tmp_path / "none.toml")
