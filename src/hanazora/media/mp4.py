"""The boxes of an MP4 file (ISO/IEC 14496-12) that we read or set ourselves.

H.264 in 4:2:0 can only code even sizes, so an odd side is coded one pixel larger and the file says
the true size in its two places: the track header and the sample entry. Players of the FFmpeg
family crop to it; browsers and QuickTime show the picture at that size.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_ENTRY_SIZE_OFFSET = 24  # bytes of a visual sample entry before its width and height


class Box(NamedTuple):
    """A box: its kind and where its content lies in the file."""

    kind: bytes
    start: int
    end: int


def top_level_boxes(path: Path) -> list[bytes]:
    """Return the kinds of the outermost boxes in file order; moov before mdat is faststart."""
    with path.open("rb") as file:
        size, position, kinds = path.stat().st_size, 0, []
        while position + 8 <= size:
            file.seek(position)
            header = file.read(16)
            length = struct.unpack(">I", header[:4])[0]
            if length == 1:
                length = struct.unpack(">Q", header[8:16])[0]
            kinds.append(header[4:8])
            position += length or size
    return kinds


def set_display_size(path: Path, width: int, height: int) -> None:
    """Write the size a player shows into the track header and the sample entry of a video file."""
    with path.open("r+b") as file:
        start, end = _find_movie(file.read(1 << 16), path)
        file.seek(start)
        movie = bytearray(file.read(end - start))
        for box in _walk(movie, 0, len(movie)):
            if box.kind == b"tkhd":
                struct.pack_into(">II", movie, box.end - 8, width << 16, height << 16)
            elif box.kind == b"avc1":
                struct.pack_into(">HH", movie, box.start + _ENTRY_SIZE_OFFSET, width, height)
        file.seek(start)
        file.write(movie)


def _find_movie(head: bytes, path: Path) -> tuple[int, int]:
    position = 0
    while position + 8 <= len(head):
        length, kind = struct.unpack_from(">I4s", head, position)
        if kind == b"moov":
            return position, position + length
        if length < 8:
            break
        position += length
    raise ValueError(f"{path.name} has no movie box at its front")


def _walk(data: bytearray, start: int, end: int) -> Iterator[Box]:
    position = start
    while position + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, position)
        box = Box(kind, position + 8, position + length)
        yield box
        if kind in _CONTAINERS:
            yield from _walk(data, box.start, box.end)
        elif kind == b"stsd":  # version, flags and entry count come first
            yield from _walk(data, box.start + 8, box.end)
        position += max(length, 8)
