import pytest

from hanazora.cli.main import run


@pytest.fixture(autouse=True)
def campaign(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    assert run(["redteam", "campaign", "spring"]) == 0
    assert "metaphor" in capsys.readouterr().out


def test_tries_and_findings_fill_the_table(capsys):
    assert run(["redteam", "try", "spring", "hate", "metaphor", "--count", "4"]) == 0
    words = "--category hate --tactic disguise --severity high --repro words --note leet"
    assert run(["redteam", "finding", "spring", *words.split()]) == 0
    assert "1  high  open  hate x disguise  leet" in capsys.readouterr().out
    assert run(["redteam", "coverage"]) == 0
    shown = capsys.readouterr().out
    assert "% of the cells were tried" in shown and "4" in shown
    assert run(["redteam", "finding", "--set-status", "1=fixed", "--reviewer", "aki"]) == 0
    assert run(["redteam", "summary"]) == 0
    assert "high: 1 fixed" in capsys.readouterr().out


def test_campaigns_are_listed_and_closed(capsys):
    assert run(["redteam", "campaign", "spring", "--close"]) == 0
    assert run(["redteam", "campaign"]) == 0
    assert "closed" in capsys.readouterr().out
    assert run(["redteam", "try", "spring", "hate", "metaphor"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("try spring noise metaphor", "category 'noise'"),
        ("try spring hate luck", "tactic 'luck'"),
        ("finding spring --category hate --tactic plain", "without --repro"),
        ("finding --set-status x", "it must be ID=STATUS"),
    ],
)
def test_a_mistake_is_one_line(arguments, message, capsys):
    assert run(["redteam", *arguments.split()]) == 2
    assert message in capsys.readouterr().err
