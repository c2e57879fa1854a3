from hanazora.cli.main import run


def test_a_picture_is_one_frame_of_any_size(capsys):
    assert run("picture snow --size 640x480 --no-expand --plan".split()) == 0
    assert capsys.readouterr().out.startswith("picture: 640x480, 1 frames")


def test_its_name_says_its_kind(capsys):
    assert run("picture snow -o a.mp4".split()) == 2
    assert "its name must end in .png" in capsys.readouterr().err
