from dataclasses import dataclass

import pytest

from hanazora import recipes
from hanazora.cli import train as command
from hanazora.cli.main import run


@dataclass(frozen=True, kw_only=True, slots=True)
class TinyConfig:
    steps: int = 3


@pytest.fixture
def started(monkeypatch):
    calls = []
    monkeypatch.setattr(recipes, "RECIPES", {"tiny": TinyConfig}, raising=False)
    monkeypatch.setattr(command, "run", lambda config, run_dir: calls.append((config, run_dir)))
    return calls


def test_a_recipe_runs_with_its_overrides(started, tmp_path):
    assert run(["train", "tiny", "--set", "steps=5", "--run-dir", str(tmp_path)]) == 0
    assert started == [(TinyConfig(steps=5), tmp_path)]


def test_a_run_has_a_place_of_its_own(started):
    assert run(["train", "tiny"]) == 0
    assert started[0][1].as_posix() == "runs/tiny"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "tinny"], "unknown recipe 'tinny': recipes are tiny; try tiny"),
        (["train", "tiny", "--set", "stepss=1"], "did you mean steps?"),
        (["train", "tiny", "--set", "steps=x"], "must be of type int"),
    ],
)
def test_a_wrong_word_is_one_line(started, capsys, arguments, message):
    assert run(arguments) == 2
    assert message in capsys.readouterr().err
    assert started == []


def test_a_config_that_no_loop_takes_is_our_mistake(tmp_path):
    with pytest.raises(TypeError, match="TinyConfig"):
        command.run(TinyConfig(), tmp_path)
