"""Where the manifest lies in a file: MP4 and MOV, PNG, JPEG, WebP; the kind is told by content.

A manifest is one run of bytes except in JPEG, where a segment holds at most 64 kB; so a place is a
list of spans whose contents together are the manifest. WebM and Matroska cannot carry one; theirs
lies in a file beside them.
"""

import contextlib
import mmap
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int]
Buffer: TypeAlias = bytes | mmap.mmap

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PNG = b"\x89PNG\r\n\x1a\n"
_EBML = b"\x1aE\xdf\xa3"
_STORE_MARK = b"jumdc2pa" + bytes.fromhex("00110010800000aa00389b71")
_UUID_HEAD = C2PA_UUID + bytes(4) + b"manifest\0" + bytes(8)
HEADER_BYTES = 8 + len(_UUID_HEAD)
"""Of the box around the manifest of an MP4."""


class Kind(NamedTuple):
    """A kind of file that can be signed."""

    mime: str
    find: Callable[[Buffer], list[Span]]
    """Where its manifest lies; empty where it has none."""
    carries: bool = True
    """Whether the manifest lies in the file; else beside it."""


def kind_of(data: bytes) -> Kind | None:
    """Tell what a file is; none for one that cannot be signed.

    Args:
        data: its first 16 bytes or more.
    """
    if data[4:8] == b"ftyp":
        return Kind("video/quicktime" if data[8:12] == b"qt  " else "video/mp4", _find_in_mp4)
    if data.startswith(_PNG):
        return Kind("image/png", _find_in_png)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind("image/jpeg", _find_in_jpeg)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind("image/webp", _find_in_webp)
    if data.startswith(_EBML):
        return Kind("video/webm", lambda _: [], carries=False)
    return None


def kind_of_file(path: Path) -> Kind | None:
    """Tell what a file is by its content, whatever its name says."""
    with path.open("rb") as file:
        return kind_of(file.read(16))


def has_traces(path: Path) -> bool:
    """Tell whether there is something like a manifest anywhere in a file, found or not."""
    with _mapped(path) as data:
        return data.find(_STORE_MARK) >= 0


def read_manifest(path: Path) -> bytes:
    """Return the manifest of a file; nothing where it has none."""
    with _mapped(path) as data:
        return b"".join(data[start:end] for start, end in _spans(data))


def write_manifest(path: Path, manifest: bytes) -> None:
    """Put another manifest of the same length in the place of the one that a file has.

    Raises:
        ValueError: the lengths differ.
    """
    with _mapped(path, mmap.ACCESS_WRITE) as data:
        spans, position = _spans(data), 0
        if isinstance(data, bytes) or sum(end - start for start, end in spans) != len(manifest):
            raise ValueError("the file has no manifest of this length")
        is_png = data[:8] == _PNG
        for start, end in spans:
            data[start:end] = manifest[position : position + end - start]
            position += end - start
            if is_png:
                struct.pack_into(">I", data, end, zlib.crc32(data[start - 4 : end]))


def irregular_place(path: Path) -> str:
    """Return what is wrong around the manifest of an MP4; nothing where all is as we write it.

    The box around the manifest is left out of the hash of the file, its header too.
    """
    with _mapped(path) as data:
        kind = kind_of(data[:16])
        if kind is None or not kind.mime.startswith("video/"):
            return ""
        places = [start for start, _, name in mp4_boxes(data) if name == b"uuid"]
        if len(places) != 1:
            return f"the file has {len(places)} boxes that could hold a manifest"
        head = data[places[0] + 8 : places[0] + HEADER_BYTES]
        return "" if head == _UUID_HEAD else "the header of the manifest's box was changed"


@contextlib.contextmanager
def _mapped(path: Path, access: int = mmap.ACCESS_READ) -> Iterator[Buffer]:
    with path.open("r+b" if access == mmap.ACCESS_WRITE else "rb") as file:
        if file.seek(0, 2) == 0:  # nothing can be mapped
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=access) as data:
            yield data


def _spans(data: Buffer) -> list[Span]:
    kind = kind_of(data[:16])
    return kind.find(data) if kind else []


def _find_in_mp4(data: Buffer) -> list[Span]:
    for start, end, name in mp4_boxes(data):
        if name == b"uuid" and data[start + 8 : start + 24] == C2PA_UUID:
            return [(start + HEADER_BYTES, end)]
    return []


def mp4_boxes(
    data: Buffer, first: int = 0, limit: int | None = None
) -> list[tuple[int, int, bytes]]:
    """Return start, end and kind of the boxes of a file, or of the boxes in a part of it."""
    boxes, position = [], first
    limit = len(data) if limit is None else limit
    while position + 8 <= limit:
        size, name = struct.unpack_from(">I4s", data, position)
        if size == 1 and position + 16 <= limit:
            size = struct.unpack_from(">Q", data, position + 8)[0]
        end = position + size if size else limit
        if size and size < 8:
            break
        boxes.append((position, min(end, limit), name))
        position = end
    return boxes


def _find_in_png(data: Buffer) -> list[Span]:
    position = len(_PNG)
    while position + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, position)
        if name == b"caBX":
            return [(position + 8, position + 8 + size)]
        position += size + 12
    return []


def _find_in_webp(data: Buffer) -> list[Span]:
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        if name == b"C2PA":
            return [(position + 8, position + 8 + size)]
        position += 8 + size + size % 2
    return []


def _find_in_jpeg(data: Buffer) -> list[Span]:
    spans, position = list[Span](), 2
    while position + 4 <= len(data) and data[position] == 0xFF and data[position + 1] != 0xDA:
        size = struct.unpack_from(">H", data, position + 2)[0]
        body, end = position + 4, position + 2 + size
        if data[position + 1] == 0xEB and data[body : body + 2] == b"JP":
            number = struct.unpack_from(">I", data, body + 4)[0]
            # Every segment after the first repeats the header of the outermost box.
            spans.append((body + 8 if number == 1 else body + 16, end))
        position = end
    return spans
