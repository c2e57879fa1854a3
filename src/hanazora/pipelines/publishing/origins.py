"""What the files given to a verb are to its result, in the words of the C2PA specification."""

from collections.abc import Sequence
from pathlib import Path

from hanazora.pipelines.request import GenerateRequest
from hanazora.provenance.manifest import Ingredient, Relationship

_OPENING_VERBS = ("extend", "connect", "loop", "edit")
"""These go on from a clip: the first one given is the parent, the others are parts."""


def ingredients_of(request: GenerateRequest, files: Sequence[Path]) -> tuple[Ingredient, ...]:
    """Return the files a video was made from, with what each is to it.

    Args:
        request: the request; its verb decides.
        files: the files of its inputs, in order.
    """
    first: Relationship = "parentOf" if request.verb in _OPENING_VERBS else "inputTo"
    others: Relationship = "componentOf" if request.verb in _OPENING_VERBS else "inputTo"
    return tuple(
        Ingredient(path, first if number == 0 else others) for number, path in enumerate(files)
    )
