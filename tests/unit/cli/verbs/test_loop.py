from hanazora.cli.main import run


def test_the_way_back_is_made_towards_the_beginning(capsys):
    assert run("loop clip.mp4 --seconds 1 --prompt x --no-expand --plan".split()) == 0
    out = capsys.readouterr().out
    assert out.startswith("loop: 48x32, 17 frames") and "unseen" in out
