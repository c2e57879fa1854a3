from hanazora.cli.main import run
from hanazora.media.encode import write_video


def test_the_way_between_two_clips(capsys):
    command = "connect clip.mp4 clip.mp4 --seconds 1 --prompt x --no-expand --plan"
    assert run(command.split()) == 0
    assert capsys.readouterr().out.startswith("connect: 48x32, 26 frames")


def test_two_sizes_are_named(tmp_path, clip, capsys):
    write_video(tmp_path / "wide.mp4", clip(9, 32, 64), fps=8)
    assert run("connect clip.mp4 wide.mp4 --prompt x".split()) == 2
    assert "clip.mp4 is 48x32 and wide.mp4 is 64x32" in capsys.readouterr().err
