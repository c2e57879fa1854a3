import json
from dataclasses import dataclass

import pytest

from hanazora import recipes
from hanazora.cli import train as command
from hanazora.cli.main import run
from hanazora.core.errors import NonFiniteError


@dataclass(frozen=True, kw_only=True, slots=True)
class TinyConfig:
    """The smallest run."""

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
        (["train"], "there is no recipe: recipes are tiny"),
        (["train", "tiny", "--set", "stepss=1"], "did you mean steps?"),
        (["train", "tiny", "--set", "steps=x"], "must be of type int"),
    ],
)
def test_a_wrong_word_is_one_line(started, capsys, arguments, message):
    assert run(arguments) == 2
    assert message in capsys.readouterr().err
    assert started == []


def test_recipes_are_listed_with_what_they_say_of_themselves(started, capsys):
    assert run(["train", "--list"]) == 0
    assert capsys.readouterr().out == "tiny  The smallest run.\n"
    assert started == []


def test_the_whole_configuration_is_shown(started, capsys):
    assert run(["train", "tiny", "--set", "steps=7", "--show"]) == 0
    assert json.loads(capsys.readouterr().out) == {"steps": 7}
    assert started == []


@pytest.mark.parametrize(
    ("left", "message"),
    [("checkpoints", "the same command goes on"), ("samples", "no checkpoint in")],
)
def test_a_stopped_run_says_how_to_go_on(monkeypatch, capsys, tmp_path, left, message):
    def stop(config, run_dir):
        (run_dir / left).mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(recipes, "RECIPES", {"tiny": TinyConfig}, raising=False)
    monkeypatch.setattr(command, "run", stop)
    assert run(["train", "tiny", "--run-dir", str(tmp_path / "run")]) == 130
    assert message in capsys.readouterr().err


def test_a_run_that_diverges_keeps_its_checkpoint_and_exits_with_1(monkeypatch, capsys, tmp_path):
    def diverge(config, run_dir):
        raise NonFiniteError("step 3: loss nan")

    monkeypatch.setattr(recipes, "RECIPES", {"tiny": TinyConfig}, raising=False)
    monkeypatch.setattr(command, "run", diverge)
    assert run(["train", "tiny", "--run-dir", str(tmp_path)]) == 1
    assert "step 3: loss nan; there is no checkpoint" in capsys.readouterr().err


def test_a_config_that_no_loop_takes_is_our_mistake(tmp_path):
    with pytest.raises(TypeError, match="TinyConfig"):
        command.run(TinyConfig(), tmp_path)


def test_a_report_of_nothing_is_one_line(started, capsys, tmp_path):
    assert run(["train", "--report", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err and started == []
