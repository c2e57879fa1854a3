from hanazora.cli.main import run


def test_every_measure_is_a_command_of_eval(capsys):
    assert run(["eval", "--help"]) == 0
    printed = capsys.readouterr().out
    names = ("fidelity", "floor", "permanence", "drift", "distance", "export", "reconstruction")
    assert [name for name in names if name not in printed] == []
