"""A mark in the pixels: invisible, carried through re-encoding, read with a secret key."""

from hanazora.provenance.watermark.reader import MarkReading, read_mark
from hanazora.provenance.watermark.watermarker import Watermarker

__all__ = ["MarkReading", "Watermarker", "read_mark"]
