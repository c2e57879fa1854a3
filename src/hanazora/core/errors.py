"""Errors that a person reads: what was given, which rule it broke, and what works instead."""

EXIT_USER_ERROR = 2
"""Exit code of a command that refused its input."""

EXIT_CANCELLED = 130
"""Exit code of a command stopped by Ctrl-C."""


class UserError(ValueError):
    """A request that cannot be met; its message is one line and the command exits with 2.

    Args:
        what: the value that was given and what is wrong with it.
        rule: the rule it broke.
        nearest: the nearest thing that works.
    """

    def __init__(self, what: str, rule: str = "", nearest: str = "") -> None:
        self.what = what
        self.rule = rule
        self.nearest = nearest
        message = f"{what}: {rule}" if rule else what
        message = f"{message}; try {nearest}" if nearest else message
        super().__init__(" ".join(message.split()))


class OutputError(UserError):
    """A file could not be written: no space, no permission, no such directory."""


class ModelError(UserError):
    """A model directory cannot be used: unreadable, incomplete or of another architecture."""


class NonFiniteError(RuntimeError):
    """A computation produced NaN or infinity; nothing made from it is written."""


class CancelledError(Exception):
    """The work was stopped on request, within one step, and left nothing behind."""


class RunKeptError(CancelledError):
    """The work was stopped on request; what was finished is kept, and the message says where."""
