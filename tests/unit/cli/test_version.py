from hanazora.cli.main import run
from hanazora.core.version import __version__


def test_versions_are_one_per_line(capsys):
    assert run(["version"]) == 0
    lines = dict(line.split(" ") for line in capsys.readouterr().out.splitlines())
    assert lines["hanazora"] == __version__
    assert "torch" in lines
