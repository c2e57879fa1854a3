"""Read the pictures of a file once, for every method that wants to know where they come from."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from hanazora.media.decode import read_frames
from hanazora.media.frames import Frames
from hanazora.media.probe import probe
from hanazora.provenance.fingerprint import Fingerprint, Fingerprinter

MAX_MARK_BYTES = 1 << 28
"""Frames up to this many bytes are kept; a mark stands in every second of a video."""


class Looked(NamedTuple):
    """What was read of a file's pictures."""

    frames: Frames
    """The first ones."""
    fps: float
    """Frames per second; that of a picture is nominal."""
    searched: list[Fingerprint]
    """Of all frames, as the ledger is searched for them."""


def look(path: Path) -> Looked:
    """Read a file once: all frames for the fingerprint, the first ones for the rest.

    Raises:
        UserError: it is neither a video nor a picture.
    """
    fps = float(probe(path).fps)
    taker, kept, kept_bytes = Fingerprinter(fps), list[np.ndarray](), 0
    for picture in read_frames(path):
        taker.see(picture[None])
        if kept_bytes + picture.nbytes <= MAX_MARK_BYTES and (
            not kept or picture.shape == kept[0].shape
        ):
            kept.append(picture)
            kept_bytes += picture.nbytes
    return Looked(np.stack(kept), fps, taker.searched())
