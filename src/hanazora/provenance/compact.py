"""Makes the manifest of an MP4 as small as what it says: a chain of edits grows by a third of it.

The library leaves a thousand zeros in every signature and writes down, for every given file, each
check that succeeded, with a sentence and an address. The zeros go, and of what succeeded the codes
stay; every failure stays whole (C2PA specification 2.2, 15.12: explanation and address are
optional). What follows in the file moves up, so the places of its samples and the hash over its
boxes are written anew. Manifests of given files are signed and are not touched.
"""

import hashlib
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hanazora.provenance import cbor
from hanazora.provenance.containers import C2PA_UUID, HEADER_BYTES, Buffer, mp4_boxes
from hanazora.provenance.jumbf import (
    assertions,
    claim_and_signature,
    hash_of,
    parse,
    replace_all,
    splice,
)

_NOT_HASHED = (b"ftyp", b"mfra")
_HOLDS_PLACES = (b"moof", b"sidx", b"mfra")
_NESTED = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_PAD_KEY_BYTES = 5
_EMPTY = b"\x40"


class _Place(NamedTuple):
    """A box of an MP4: first byte of its content, and its end."""

    start: int
    end: int
    kind: bytes


def compact_mp4(path: Path, store: bytes) -> bytes:
    """Return a smaller manifest store, unsigned, and make room for just that in the file.

    Args:
        path: an MP4 that holds the store.
        store: as the library built it; returned as it is where the file is in fragments, whose
            places are written all over it.

    Raises:
        ValueError: the file does not hold the store.
    """
    with path.open("r+b") as file:
        with mmap.mmap(file.fileno(), 0) as data:
            boxes = mp4_boxes(data)
            if any(kind in _HOLDS_PLACES for _, _, kind in boxes):
                return store
            start, end = next(span[:2] for span in boxes if _is_ours(data, *span))
            if end - start - HEADER_BYTES != len(store):
                raise ValueError("the file does not hold this manifest")
            smaller = _without_ballast(store)
            saved = len(store) - len(smaller)
            _move_up(data, start, end, saved, smaller)
            length = len(data) - saved
            old, new = _file_hash(store), _boxes_hash(data[:length])
        file.truncate(length)
    return _rehashed(smaller.replace(old, new), smaller)


def _without_ballast(store: bytes) -> bytes:
    """Return the store without padding and without what explains a success."""
    manifest = parse(store).children[-1]
    _, signature = claim_and_signature(store, manifest)
    head = signature.protected[1] + _PAD_KEY_BYTES
    changes = [(head, signature.padding[1], _EMPTY)]
    for box in assertions(manifest):
        if box.label.startswith("c2pa.ingredient"):
            said = cbor.decode(store[slice(*box.content)])
            changes.append((*box.content, cbor.encode(_terse(said))))
    return _rehashed(splice(store, changes), store)


def _terse(item: cbor.Item) -> cbor.Item:
    """Keep of each success its code, once, and of ancestors what failed."""
    if isinstance(item, list):
        return [_terse(each) for each in item]
    if not isinstance(item, dict):
        return item
    kept: dict[int | str, cbor.Item] = {key: _terse(value) for key, value in item.items()}
    for name in ("success", "informational"):
        given = kept.get(name)
        if isinstance(given, list):
            codes = dict.fromkeys(str(one["code"]) for one in given if isinstance(one, dict))
            kept[name] = [{"code": code} for code in codes]
    deltas = kept.pop("ingredientDeltas", None)
    if isinstance(deltas, list) and any(map(_failed, deltas)):
        kept["ingredientDeltas"] = [one for one in deltas if _failed(one)]
    return kept


def _failed(delta: cbor.Item) -> bool:
    found = delta.get("validationDeltas") if isinstance(delta, dict) else None
    return isinstance(found, dict) and bool(found.get("failure"))


def _rehashed(store: bytes, before: bytes) -> bytes:
    """Return the store with the hashes of the assertions that differ from before.

    Actions name the hashes of ingredients, so theirs are known last.
    """
    data, manifest = bytearray(store), parse(store).children[-1]
    pairs = zip(assertions(manifest), assertions(parse(before).children[-1]), strict=True)
    for box, old in sorted(pairs, key=lambda pair: pair[0].label.startswith("c2pa.actions")):
        replace_all(data, manifest, hash_of(before, old), hash_of(data, box))
    return bytes(data)


def _move_up(data: mmap.mmap, start: int, end: int, saved: int, smaller: bytes) -> None:
    """Put the smaller store into its box and everything behind it right after."""
    struct.pack_into(">I", data, start, end - start - saved)
    first = start + HEADER_BYTES
    data[first : first + len(smaller)] = smaller
    data.move(end - saved, end, len(data) - end)
    for place in _within(data, 0, len(data) - saved):
        if place.kind in (b"stco", b"co64"):
            _shift(data, place, end, saved)


def _shift(data: mmap.mmap, place: _Place, behind: int, saved: int) -> None:
    """Correct a table of chunk offsets, those of chunks that moved."""
    form, width = (">I", 4) if place.kind == b"stco" else (">Q", 8)
    (count,) = struct.unpack_from(">I", data, place.start + 4)
    for at in range(place.start + 8, place.start + 8 + width * count, width):
        (offset,) = struct.unpack_from(form, data, at)
        if offset >= behind:
            struct.pack_into(form, data, at, offset - saved)


def _within(data: Buffer, start: int, end: int) -> Iterator[_Place]:
    for first, last, kind in mp4_boxes(data, start, end):
        yield _Place(first + 8, last, kind)
        if kind in _NESTED:
            yield from _within(data, first + 8, last)


def _is_ours(data: Buffer, start: int, end: int, kind: bytes) -> bool:
    return kind == b"uuid" and data[start + 8 : min(start + 24, end)] == C2PA_UUID


def _file_hash(store: bytes) -> bytes:
    boxes = assertions(parse(store).children[-1])
    box = next(each for each in boxes if each.label.startswith("c2pa.hash.bmff"))
    said = cbor.decode(store[slice(*box.content)])
    digest = said.get("hash") if isinstance(said, dict) else None
    if not isinstance(digest, bytes):
        raise ValueError("the manifest holds no hash of the file")
    return digest


def _boxes_hash(data: bytes) -> bytes:
    """Return the hash over the boxes of a file, each with its place (specification 2.2, 18.6)."""
    found = hashlib.sha256()
    for start, end, kind in mp4_boxes(data):
        if kind not in _NOT_HASHED and not _is_ours(data, start, end, kind):
            found.update(struct.pack(">Q", start))
            found.update(memoryview(data)[start:end])
    return found.digest()
