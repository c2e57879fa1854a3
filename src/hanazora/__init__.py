"""hanazora: one sentence to a playable video.

`hanazora.load()` returns the bundled model, `hanazora.load("DIR")` any other; both have a
`generate` method. The import is deferred so that training on the procedural world needs neither
the video encoder nor the terminal packages.
"""

import os
from typing import TYPE_CHECKING

from hanazora.core.version import __version__

if TYPE_CHECKING:
    from hanazora.pipelines.generate import load

# Before torch loads its thread pool: threads that wait for each other must sleep, not spin. On a
# machine that does anything else beside us, spinning made a video 50 times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__all__ = ["__version__", "load"]


def __getattr__(name: str) -> object:
    if name == "load":
        from hanazora.pipelines.generate import load

        return load
    raise AttributeError(f"module 'hanazora' has no attribute {name!r}")
