"""A group of options as one parameter of a command.

Typer reads the options of a command off its parameters, so options that ten commands share would
stand ten times in the code. A dataclass that is marked as an `OptionGroup` stands for one option
per field instead: `folded` shows Typer the fields, and hands the command the dataclass.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

Result = TypeVar("Result")


class OptionGroup:
    """Base of the dataclasses whose fields are options: annotated as Typer wants, with defaults."""

    __slots__ = ()


def folded(command: Callable[..., Result]) -> Callable[..., Result]:
    """Let every parameter of a command that is an `OptionGroup` stand for one option per field."""
    groups = dict[str, type[OptionGroup]]()
    shown = dict[str, inspect.Parameter]()
    for name, parameter in inspect.signature(command).parameters.items():
        kind = parameter.annotation
        if isinstance(kind, type) and issubclass(kind, OptionGroup):
            groups[name] = kind
            shown |= {option.name: option for option in _options(kind)}
        else:
            shown[name] = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)

    @functools.wraps(command)
    def unfolded(**values: Any) -> Result:
        for name, kind in groups.items():
            values[name] = kind(
                **{option.name: values.pop(option.name) for option in _options(kind)}
            )
        return command(**values)

    vars(unfolded)["__signature__"] = inspect.Signature(list(shown.values()))
    unfolded.__annotations__ = {name: option.annotation for name, option in shown.items()}
    return unfolded


def _options(kind: type[OptionGroup]) -> list[inspect.Parameter]:
    found = []
    for field in fields(kind):  # type: ignore[arg-type]  # every group is a dataclass
        assert field.default is not MISSING, f"{kind.__name__}.{field.name} has no default"
        found.append(
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=field.type,
            )
        )
    return found
