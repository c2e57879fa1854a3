from hanazora.cli.main import run


def test_a_clip_goes_on_and_begins_earlier(capsys):
    command = "extend clip.mp4 --prompt snow --forward 1 --backward 0.5 --no-expand --plan"
    assert run(command.split()) == 0
    out = capsys.readouterr().out
    assert out.startswith("extend: 48x32, 21 frames") and "decoded afresh" in out


def test_a_clip_of_anyone_needs_a_prompt_and_a_duration(capsys):
    assert run("extend clip.mp4 --forward 1".split()) == 2
    assert "there is no prompt for clip.mp4" in capsys.readouterr().err
    assert run("extend clip.mp4 --prompt x --no-expand --plan".split()) == 2
    assert "--forward 2 or --backward 2" in capsys.readouterr().err


def test_a_file_that_is_no_clip_is_refused(capsys):
    assert run("extend cat.mp4 --prompt x --forward 1".split()) == 2
    assert "cannot read cat.mp4 as a video" in capsys.readouterr().err
