"""The commands and where each of them is written.

A command is imported when it is called. All of them together, which only their list (`--help`)
needs, take longer to import than many a command takes to run.
"""

import importlib
from collections.abc import Sequence
from typing import Any

import typer

_ROOM = "hanazora.cli"

COMMANDS = {
    "generate": "generate",
    "animate": "verbs.animate",
    "extend": "verbs.extend",
    "connect": "verbs.connect",
    "loop": "verbs.loop",
    "edit": "verbs.edit",
    "storyboard": "verbs.storyboard",
    "picture": "verbs.picture",
    "plan": "verbs.plan",
    "estimate": "runs.estimate",
    "resume": "runs.resume",
    "decode": "runs.resume",
    "expand": "expand",
    "train": "train",
    "verify": "verify",
    "detect": "detect",
    "appeal": "oversight.review",
    "report": "oversight.review",
    "version": "version",
    "doctor": "runs.doctor",
}
"""The module of each command, which holds a function of its name."""

GROUPS = {
    "world": "world.world_app",
    "data": "data.app.data_app",
    "eval": "measuring.app.eval_app",
    "keys": "keys.keys_app",
    "access": "oversight.access.access_app",
    "audit": "oversight.audit.audit_app",
    "review": "oversight.review.review_app",
    "redteam": "oversight.redteam.redteam_app",
    "policy": "policy.policy_app",
    "safety": "safety.safety_app",
}
"""The place of each group of commands."""


def command_line(arguments: Sequence[str] = ()) -> Any:
    """Return the command line, as the parser has it: a group of commands.

    Args:
        arguments: when the first of them is a command, the group has that one alone.
    """
    app = typer.Typer(
        name="hanazora",
        help="One sentence to a playable video.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)  # else a single command would not be a group
    named = set(arguments[:1])
    wanted = named if named & {*COMMANDS, *GROUPS} else {*COMMANDS, *GROUPS}
    for name, module in COMMANDS.items():
        if name in wanted:
            app.command(name)(_read(f"{module}.{name}"))
    for name, place in GROUPS.items():
        if name in wanted:
            app.add_typer(_read(place), name=name)
    return typer.main.get_command(app)


def _nothing() -> None:
    pass


def _read(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(importlib.import_module(f"{_ROOM}.{module}"), name)
