"""Which codecs the video library on this machine has."""

from typing import Literal, NamedTuple

import av
from av.codec import Codec
from av.codec.codec import UnknownCodecError

ENCODERS = ("libx264",)
"""Needed to write a video."""

DECODERS = ("h264", "hevc", "vp9", "av1", "mjpeg", "png", "webp")
"""Of clips and stills that people have; without one, its files are refused."""


class Codecs(NamedTuple):
    """The library's version and what it lacks of `ENCODERS` and `DECODERS`."""

    ffmpeg: str
    missing_encoders: tuple[str, ...]
    missing_decoders: tuple[str, ...]


def find_codecs() -> Codecs:
    """Look for every codec that is used."""
    return Codecs(
        av.ffmpeg_version_info,
        tuple(name for name in ENCODERS if not _has(name, "w")),
        tuple(name for name in DECODERS if not _has(name, "r")),
    )


def _has(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True
