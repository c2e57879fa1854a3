import importlib

import pytest

from hanazora.cli.commands import COMMANDS, GROUPS, command_line


def test_the_command_line_has_every_command():
    assert set(command_line().commands) == {*COMMANDS, *GROUPS}


@pytest.mark.parametrize(("name", "module"), COMMANDS.items())
def test_a_command_is_where_the_table_says(name, module):
    function = getattr(importlib.import_module(f"hanazora.cli.{module}"), name)
    assert (function.__doc__ or "").strip()


def test_a_named_command_comes_alone():
    assert set(command_line(["version", "--help"]).commands) == {"version"}
    assert set(command_line(["keys", "show"]).commands) == {"keys"}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["nonsense"]])
def test_without_a_known_command_all_are_there(arguments):
    assert len(command_line(arguments).commands) == len(COMMANDS) + len(GROUPS)
