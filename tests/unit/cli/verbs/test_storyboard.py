from hanazora.cli.main import run


def test_shots_are_planned_with_their_words(tmp_path, capsys):
    (tmp_path / "board.toml").write_text(
        'size = "48x32"\n[[shots]]\nseconds = 1\nprompt = "a"\n'
        '[[shots]]\nseconds = 1\nprompt = "b"\n'
    )
    assert run("storyboard board.toml --no-expand --plan".split()) == 0
    out = capsys.readouterr().out
    assert "  2  B" in out and "-----  cut" in out


def test_overlapping_shots_are_refused(tmp_path, capsys):
    (tmp_path / "board.toml").write_text(
        '[[shots]]\nseconds = 2\nprompt = "a"\n[[shots]]\nstart = 1\nseconds = 1\nprompt = "b"\n'
    )
    assert run("storyboard board.toml".split()) == 2
    assert "shot 2 starts at 1 s: shot 1 lasts until 2 s" in capsys.readouterr().err
