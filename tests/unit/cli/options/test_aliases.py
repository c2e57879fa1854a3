import typing

from hanazora.cli.options import aliases


def options():
    for name, alias in vars(aliases).items():
        if typing.get_origin(alias) is typing.Annotated:
            yield name, alias.__metadata__[0]


def test_every_option_says_what_it_does_in_one_line():
    found = dict(options())
    assert len(found) > 18
    for name, option in found.items():
        assert option.help.endswith("."), name
        assert len(option.help) < 100, name


def test_options_stand_in_four_panels():
    panels = [option.rich_help_panel for _, option in options() if option.rich_help_panel]
    assert set(panels) == {
        "Duration and size", "How it is made", "Model and machine", "The run",
    }  # fmt: skip
    assert len(panels) >= len(dict(options())) - 2  # all but -o and --prompt
