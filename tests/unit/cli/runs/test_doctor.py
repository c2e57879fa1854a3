from hanazora.cli.main import run


def test_the_exit_code_tells(capsys):
    assert run(["doctor", "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "everything needed is there" in out
    assert run(["doctor", "--device", "cpu", "--model", "absent"]) == 1
    assert "something needed is missing" in capsys.readouterr().out


def test_the_report_is_the_findings_alone(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["doctor", "--device", "cpu", "--report"]) == 0
    out = capsys.readouterr().out
    assert str(tmp_path) not in out
    assert all(line.split()[0] in ("ok", "note", "missing") for line in out.splitlines())
