import inspect
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from hanazora.cli.options.folding import OptionGroup, folded


@dataclass(frozen=True, kw_only=True)
class Light(OptionGroup):
    colour: Annotated[str, typer.Option("--hue", help="Which.")] = "white"
    level: Annotated[int, typer.Option(help="How much.")] = 3


@dataclass(frozen=True, kw_only=True)
class Lamp(Light):
    on: Annotated[bool, typer.Option("--on", help="Whether.")] = False


@folded
def shine(
    place: Annotated[str, typer.Argument(help="Where.")],
    lamp: Lamp,
    times: Annotated[int, typer.Option(help="How often.")] = 1,
) -> None:
    """Shine."""
    typer.echo(f"{place} {lamp} {times}")


def test_a_group_stands_for_one_option_per_field():
    assert list(inspect.signature(shine).parameters) == ["place", "colour", "level", "on", "times"]
    assert shine.__doc__ == "Shine."


def test_the_command_gets_the_group():
    app = typer.Typer()
    app.command()(shine)
    runner = CliRunner()
    said = runner.invoke(app, ["hall", "--hue", "red", "--on", "--times", "2"]).output
    assert said == f"hall {Lamp(colour='red', on=True)} 2\n"
    assert runner.invoke(app, ["hall"]).output == f"hall {Lamp()} 1\n"
    assert runner.invoke(app, ["hall", "--level", "much"]).exit_code == 2


def test_a_group_without_defaults_is_our_mistake():
    @dataclass(frozen=True)
    class Bare(OptionGroup):
        colour: str

    def paint(bare: Bare) -> None: ...

    with pytest.raises(AssertionError, match=r"Bare\.colour has no default"):
        folded(paint)
