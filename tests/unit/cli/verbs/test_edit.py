from hanazora.cli.main import run


def test_an_edit_starts_from_the_clip(capsys):
    assert run("edit clip.mp4 blue --strength 0.4 --no-expand --plan".split()) == 0
    assert "start: input 1 with strength 0.4" in capsys.readouterr().out


def test_a_strength_outside_is_refused(capsys):
    assert run("edit clip.mp4 blue --strength 1.5".split()) == 2
    assert "strength 1.5: it must be 0.01 to 1; try 1" in capsys.readouterr().err
