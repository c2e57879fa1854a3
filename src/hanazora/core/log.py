"""Logging: one logger per module under the name of the package, one line per message on stderr."""

import logging
import sys

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def get_logger(name: str) -> logging.Logger:
    """Return the logger of a module; pass `__name__`."""
    return logging.getLogger(name)


def setup_logging(level: str = "INFO") -> None:
    """Send the package's log to stderr; called by commands, never by library code.

    Args:
        level: the name of the lowest level shown.
    """
    logger = logging.getLogger("hanazora")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORMAT, datefmt="%H:%M:%S"))
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
