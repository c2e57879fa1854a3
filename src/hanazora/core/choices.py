"""One of a few names, as somebody wrote it."""

import difflib
from collections.abc import Iterable
from typing import TypeVar

from hanazora.core.errors import UserError

ChoiceT = TypeVar("ChoiceT", bound=str)


def require_choice(what: str, name: str, choices: Iterable[ChoiceT]) -> ChoiceT:
    """Return the choice of that name.

    Args:
        what: what the name is of, as messages say it.
        name: what was written.
        choices: what it may be.

    Raises:
        UserError: it is none of them; the nearest one is named.
    """
    known = list(choices)
    for choice in known:
        if choice == name:
            return choice
    close = difflib.get_close_matches(name, [str(choice) for choice in known], n=1)
    rule = f"it must be one of {', '.join(known)}"
    raise UserError(f"{what} {name!r}", rule, close[0] if close else "")
