import json

import pytest

from hanazora.cli.main import run
from hanazora.safety.policy import packaged_policy_path


@pytest.fixture
def cases(tmp_path):
    def make(*pairs):
        path = tmp_path / "cases.jsonl"
        lines = [json.dumps({"text": text, "expected": expected}) for text, expected in pairs]
        path.write_text("\n".join(lines))
        return str(path)

    return make


def test_the_rules_are_shown(capsys):
    assert run(["policy", "show"]) == 0
    shown = capsys.readouterr().out
    assert "likeness        upload  block from 0.5, redteam warn from 0.5" in shown
    assert run(["policy", "show", "--raw"]) == 0
    assert capsys.readouterr().out == packaged_policy_path().read_text()


def test_the_packaged_policy_is_sound(capsys):
    assert run(["policy", "check"]) == 0
    assert "is sound" in capsys.readouterr().out


def test_a_broken_policy_is_one_line(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text("version = 1")
    assert run(["policy", "check", "--policy", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_cases_are_counted_and_wrong_ones_shown(cases, capsys):
    assert run(["policy", "test", cases(("a naked man", "block"), ("a tree", "allow"))]) == 0
    assert "0 of 2 judged wrongly" in capsys.readouterr().out
    assert run(["policy", "test", cases(("a tree", "block")), "--wrong"]) == 1
    assert '"text": "a tree"' in capsys.readouterr().out


@pytest.mark.parametrize(("half", "message"), [("third", "it must be"), ("held-out", "no cases")])
def test_a_half_without_cases_is_refused(cases, capsys, half, message):
    # The hash of this text puts it into the development half.
    arguments = ["policy", "test", cases(("a tree by a lake", "allow")), "--half", half]
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_policies_are_compared_and_sealed(tmp_path, capsys):
    packaged = packaged_policy_path()
    path = tmp_path / "mine.toml"
    path.write_text(packaged.read_text().replace('signature = "required"', 'signature = "off"'))
    assert run(["policy", "diff", str(packaged), str(packaged)]) == 0
    assert run(["policy", "diff", str(packaged), str(path)]) == 1
    assert "check signature: required -> off" in capsys.readouterr().out
    assert run(["policy", "seal", str(path)]) == 0
    assert "0 of" in capsys.readouterr().out
