"""The one place that loads the C2PA library: a wheel with native code that may be missing.

It never goes to the network: it fetches neither remote manifests nor certificate states.
"""

from types import ModuleType
from typing import Any

from hanazora.core.version import __version__

GENERATOR = "hanazora"


class LibraryMissingError(RuntimeError):
    """Nothing can be signed or verified on this machine."""


def load_library() -> ModuleType:
    """Import the library.

    Raises:
        LibraryMissingError: it is not installed, or its native part does not load here.
    """
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise LibraryMissingError(f"the C2PA library does not load: {error}") from error
    return c2pa


def open_context(anchors: str) -> Any:
    """Return the library's settings of one operation.

    Args:
        anchors: roots whose signatures count as Trusted, PEM.
    """
    return load_library().Context.from_dict(
        {
            "verify": {
                "remote_manifest_fetch": False,
                "ocsp_fetch": False,
                # The claim is signed after the library is done, and verified then.
                "verify_after_sign": False,
            },
            "trust": {"user_anchors": anchors},
            "builder": {
                "thumbnail": {"enabled": False},
                # The standard leaves out free boxes; we hash them, so that nothing can be appended.
                "bmff_hash_exclude_free_and_skip_boxes": False,
                "claim_generator_info": {"name": GENERATOR, "version": __version__},
            },
        }
    )
