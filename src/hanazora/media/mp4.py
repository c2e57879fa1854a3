"""The boxes of an MP4 file (ISO/IEC 14496-12) that we read or set ourselves.

H.264 in 4:2:0 can only code even sizes, so an odd side is coded one pixel larger and the file says
the true size in its two places: the track header and the sample entry. Players of the FFmpeg
family crop to it; browsers and QuickTime show the picture at that size.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_ENTRY_SIZE_OFFSET = 24  # bytes of a visual sample entry before its width and height


_KEY_FRAME, _OTHER_FRAME = 0x02000000, 0x01010000  # sample flags: depends on none; on others
_START_CODE = re.compile(rb"\x00*\x00\x00\x01")


class Sample(NamedTuple):
    """One coded frame, its duration in ticks of its track, and whether it needs no other."""

    data: bytes
    ticks: int
    is_key_frame: bool


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


def length_prefixed(stream: bytes) -> bytes:
    """Turn H.264 units behind start codes (Annex B) into units behind their lengths (AVCC)."""
    units = [unit for unit in _START_CODE.split(stream) if unit]
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


def fragment(number: int, start_ticks: int, sample: Sample) -> bytes:
    """Return a movie fragment of one frame, to be appended to a file with an empty index.

    Args:
        number: 1 for the first fragment of the file, then counted on.
        start_ticks: when the frame is shown, in ticks of its track.
        sample: the frame.
    """
    flags = _KEY_FRAME if sample.is_key_frame else _OTHER_FRAME

    def movie_fragment(data_offset: int) -> bytes:
        # In trun: where the data is (0x1), and of the frame duration, size and flags (0x700).
        run = struct.pack(">IIiIII", 0x701, 1, data_offset, sample.ticks, len(sample.data), flags)
        track = (
            _box(b"tfhd", struct.pack(">II", 0x020000, 1))  # offsets count from this fragment
            + _box(b"tfdt", struct.pack(">IQ", 1 << 24, start_ticks))
            + _box(b"trun", run)
        )
        header = _box(b"mfhd", struct.pack(">II", 0, number))
        return _box(b"moof", header + _box(b"traf", track))

    size = len(movie_fragment(0))
    return movie_fragment(size + 8) + _box(b"mdat", sample.data)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


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
