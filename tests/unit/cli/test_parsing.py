import pytest

from hanazora.cli import main
from hanazora.cli.parsing import parser_line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("generate x --seed soon", "--seed 'soon': it must be a valid integer"),
        ("generate x --seconds 4s", "--seconds '4s': it must be a valid number"),
        ("loop a.mp4 --gap-order out", "--gap-order: 'out' is not one of 'inward', 'outward'"),
        ("decode a.run --tile 3", "--tile '3': it must be greater than or equal to 16"),
        ("animate", "Missing argument 'prompt'"),
        ("generate x y", "Got unexpected extra argument(s) (y)"),
    ],
)
def test_the_value_the_rule_and_the_help_are_named(capsys, arguments, line):
    assert main.run(arguments.split()) == 2
    command = arguments.partition(" ")[0]
    assert f"hanazora: {line}; try hanazora {command} --help" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["generat", "x"], ["generate", "x", "--secnds", "3"]])
def test_a_typo_names_what_was_meant_and_no_more(capsys, arguments):
    assert main.run(arguments) == 2
    err = capsys.readouterr().err
    assert "generate" in err or "--seconds" in err
    assert "--help" not in err


def test_an_error_without_a_context_keeps_its_words():
    assert parser_line(ValueError("no such thing.")) == "no such thing"
