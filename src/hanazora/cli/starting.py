"""A quick start: what is imported and loaded stays, so nobody need look through it for garbage.

Importing PyTorch makes half a million objects that all stay. Looking through them, again and again
while they come and twice when the process ends, took a third of the time of both.
"""

import contextlib
import gc
from collections.abc import Iterator


def own_process() -> None:
    """Say that this process ends with its command, so that `starting` may take effect."""
    gc.freeze()


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """Import and load without the garbage collector, which never looks at what is then there.

    What is made later is collected as ever. In a process that goes on after the command, such as
    that of the tests, nothing is different: garbage of its own must not be kept for good.
    """
    is_own = gc.get_freeze_count() > 0
    if not is_own:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
