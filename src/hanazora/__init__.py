"""hanazora: one sentence to a playable video.

`hanazora.load()` returns the bundled model, `hanazora.load("DIR")` any other; both have a
`generate` method that takes a sentence or a `GenerateRequest`. Imports are deferred so that
training on the procedural world needs neither the video encoder nor the terminal packages.
"""

import importlib
import os
from typing import TYPE_CHECKING

from hanazora.core.version import __version__

if TYPE_CHECKING:
    from hanazora.pipelines.generate import load
    from hanazora.pipelines.request import GenerateRequest
    from hanazora.pipelines.verbs.telling import told

# Before torch loads its thread pool: threads that wait for each other must sleep, not spin. On a
# machine that does anything else beside us, spinning made a video 50 times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__all__ = ["GenerateRequest", "__version__", "load", "told"]

_PLACES = {
    "GenerateRequest": "hanazora.pipelines.request",
    "load": "hanazora.pipelines.generate",
    "told": "hanazora.pipelines.verbs.telling",
}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'hanazora' has no attribute {name!r}")
