"""The boxes of a C2PA manifest store (JUMBF, ISO/IEC 19566-5), as far as we set or judge them.

The library that builds manifests draws a random salt for every assertion; nothing else in a
manifest is random once its identifiers are given. `settle` replaces the salts by ones the caller
draws, corrects the hashes that follow from them and signs the claim, so that the same video is the
same file. A salt keeps its purpose, to hide a redacted assertion, as long as it is drawn from a
secret.

A validator also overlooks bytes that no hash covers: padding, and the names of containers.
`irregular` finds any change there.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

_SALT_BYTES = 16
_REQUESTABLE, _LABELLED, _PRIVATE = 0x01, 0x02, 0x10
_KIND_TAIL = bytes.fromhex("00110010800000aa00389b71")  # of every type that ISO registered
_FIXED_LABELS = {b"c2pa": "c2pa", b"c2as": "c2pa.assertions", b"c2cs": "c2pa.signature"}
_CLAIM_LABELS = ("c2pa.claim", "c2pa.claim.v2")
_MANIFEST_KINDS = (b"c2ma", b"c2um", b"c2cm")
_NO_PAYLOAD, _SIGN1_TAG = 0xF6, 0xD2


class Box(NamedTuple):
    """A superbox: what it is called and where it lies."""

    kind: bytes
    """Four letters of its type."""
    label: str
    toggles: int
    start: int
    """Of its header."""
    end: int
    salt: int
    """Where its salt lies; 0 where it has none."""
    content: tuple[int, int]
    """Where its first content box lies, without the header."""
    children: "list[Box]"


class Signature(NamedTuple):
    """A COSE signature (RFC 9052) with its payload elsewhere."""

    protected: tuple[int, int]
    padding: tuple[int, int]
    value: tuple[int, int]


def parse(data: bytes) -> Box:
    """Read a manifest store.

    Raises:
        ValueError: the boxes do not fill each other exactly, or one is of a type C2PA has not.
    """
    store = _parse_box(data, 0, len(data))
    if store.end != len(data):
        raise ValueError(f"the store ends at {store.end} of {len(data)} bytes")
    return store


def settle(data: bytes, draw_salt: Callable[[str], bytes], sign: Callable[[bytes], bytes]) -> bytes:
    """Return a manifest store whose newest manifest has given salts and is signed.

    Args:
        data: the store as the library built it.
        draw_salt: 16 bytes for the label of an assertion.
        sign: signs a message; as many bytes as the signature that is there.
    """
    manifest = parse(data).children[-1]
    settled = bytearray(data)
    # Actions name the hashes of ingredients, so theirs are known last.
    boxes = sorted(assertions(manifest), key=lambda box: box.label.startswith("c2pa.actions"))
    for box, old in [(box, hash_of(data, box)) for box in boxes]:
        if box.salt:
            settled[box.salt : box.salt + _SALT_BYTES] = draw_salt(box.label)[:_SALT_BYTES]
        replace_all(settled, manifest, old, hash_of(settled, box))
    claim, signature = claim_and_signature(settled, manifest)
    protected = bytes(settled[slice(*signature.protected)])
    value = sign(_to_be_signed(protected, bytes(settled[slice(*claim.content)])))
    start, end = signature.value
    if len(value) != end - start:
        raise ValueError(f"the signature has {len(value)} bytes, not {end - start}")
    settled[start:end] = value
    return bytes(settled)


def splice(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return the store with parts of its content replaced; boxes grow and shrink with them.

    Args:
        data: a manifest store.
        changes: start, end and what stands there instead; they do not overlap.
    """
    resized, spans = bytearray(data), list[tuple[int, int]]()
    for box in _walk(parse(data)):
        first, end = box.content
        spans += [(box.start, box.end)] + ([(first - 8, end)] if end > first else [])
    for start, end in spans:
        inside = [each for each in changes if start < each[0] and each[1] <= end]
        size = end - start + sum(len(new) - (last - first) for first, last, new in inside)
        resized[start : start + 4] = size.to_bytes(4, "big")
    for first, last, new in sorted(changes, reverse=True):
        resized[first:last] = new
    return bytes(resized)


def irregular(data: bytes) -> str:
    """Return what is wrong with the bytes that no hash covers; nothing for a store as we write it.

    Ancestors are not judged: they may come from elsewhere.
    """
    try:
        store = parse(data)
        if store.kind != b"c2pa" or not store.children:
            return "this is no manifest store"
        for box in (store, *_walk(store.children[-1])):
            problem = _irregular_box(box)
            if problem:
                return problem
        _, signature = claim_and_signature(data, store.children[-1])
    except (ValueError, IndexError) as error:
        return str(error) or "the boxes do not fit together"
    if any(data[slice(*signature.padding)]):
        return "the padding of the signature is not zero"
    return ""


def _irregular_box(box: Box) -> str:
    label = _FIXED_LABELS.get(box.kind)
    if label is not None and box.label != label:
        return f"a {label} box is called {box.label!r}"
    if box.kind == b"c2cl" and box.label not in _CLAIM_LABELS:
        return f"the claim is called {box.label!r}"
    expected = _REQUESTABLE | _LABELLED | (_PRIVATE if box.salt else 0)
    return "" if box.toggles == expected else f"box {box.label!r} has toggles {box.toggles:#x}"


def _parse_box(data: bytes, start: int, limit: int) -> Box:
    end = _end_of(data, start, limit, b"jumb")
    description = start + 8
    description_end = _end_of(data, description, end, b"jumd")
    kind, tail = data[description + 8 : description + 12], data[description + 12 : description + 24]
    toggles, label_start = data[description + 24], description + 25
    label_end = data.index(b"\0", label_start, description_end)
    salt = 0
    if label_end + 1 < description_end:
        salt = label_end + 9
        if _end_of(data, label_end + 1, description_end, b"c2sh") != description_end:
            raise ValueError("a salt does not fill its box")
        if description_end - salt != _SALT_BYTES:
            raise ValueError(f"a salt has {description_end - salt} bytes")
    if tail != _KIND_TAIL and kind in (*_FIXED_LABELS, *_MANIFEST_KINDS, b"c2cl"):
        raise ValueError("a box has a type that C2PA has not")
    label = data[label_start:label_end].decode("utf-8")
    children, content = _parse_content(data, description_end, end)
    return Box(kind, label, toggles, start, end, salt, content, children)


def _parse_content(data: bytes, start: int, end: int) -> tuple[list[Box], tuple[int, int]]:
    children, content, position = list[Box](), (end, end), start
    while position < end:
        if data[position + 4 : position + 8] == b"jumb":
            children.append(_parse_box(data, position, end))
            position = children[-1].end
            continue
        box_end = position + int.from_bytes(data[position : position + 4], "big")
        if not position + 8 <= box_end <= end:
            raise ValueError("a box is longer than the one around it")
        if position == start:
            content = (position + 8, box_end)
        position = box_end
    return children, content


def _end_of(data: bytes, start: int, limit: int, kind: bytes) -> int:
    size = int.from_bytes(data[start : start + 4], "big")
    if data[start + 4 : start + 8] != kind or size < 8 or start + size > limit:
        raise ValueError(f"there is no {kind.decode()} box at {start}")
    return start + size


def _walk(box: Box) -> Iterator[Box]:
    yield box
    for child in box.children:
        yield from _walk(child)


def assertions(manifest: Box) -> list[Box]:
    """Return the assertions of a manifest."""
    return [box for store in manifest.children if store.kind == b"c2as" for box in store.children]


def hash_of(data: bytes | bytearray, box: Box) -> bytes:
    """Return the hash by which a claim names a box."""
    return hashlib.sha256(data[box.start + 8 : box.end]).digest()


def replace_all(data: bytearray, within: Box, old: bytes, new: bytes) -> None:
    """Write one run of bytes over another of its length, everywhere in a box."""
    position = data.find(old, within.start, within.end)
    while position >= 0:
        data[position : position + len(old)] = new
        position = data.find(old, position + len(old), within.end)


def claim_and_signature(data: bytes | bytearray, manifest: Box) -> tuple[Box, Signature]:
    """Find the claim of a manifest and the parts of its signature.

    Raises:
        ValueError: there is none, or it is not COSE as the library writes it.
    """
    claim = next((box for box in manifest.children if box.kind == b"c2cl"), None)
    signed = next((box for box in manifest.children if box.kind == b"c2cs"), None)
    if claim is None or signed is None:
        raise ValueError("the manifest has no claim or no signature")
    return claim, _parse_signature(data, *signed.content)


def _parse_signature(data: bytes | bytearray, start: int, end: int) -> Signature:
    # 18([protected, {"pad": zeros}, nil, signature]) in CBOR (RFC 8949).
    if data[start] != _SIGN1_TAG or data[start + 1] != 0x84:
        raise ValueError("the signature is not COSE Sign1")
    protected = _byte_string(data, start + 2)
    if bytes(data[protected[1] : protected[1] + 5]) != b"\xa1cpad":
        raise ValueError("the signature has other unprotected headers than padding")
    padding = _byte_string(data, protected[1] + 5)
    if data[padding[1]] != _NO_PAYLOAD:
        raise ValueError("the signature carries a payload")
    value = _byte_string(data, padding[1] + 1)
    if value[1] != end:
        raise ValueError("the signature does not fill its box")
    return Signature(protected, padding, value)


def _byte_string(data: bytes | bytearray, start: int) -> tuple[int, int]:
    major, short = divmod(data[start], 32)
    if major != 2 or short > 26:
        raise ValueError("the signature is not made of byte strings")
    width = 0 if short < 24 else 1 << (short - 24)
    size = int.from_bytes(data[start + 1 : start + 1 + width], "big") if width else short
    first = start + 1 + width
    return first, first + size


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return b"\x84\x6aSignature1" + _cbor_bytes(protected) + b"\x40" + _cbor_bytes(payload)


def _cbor_bytes(value: bytes) -> bytes:
    size = len(value)
    if size < 24:
        return bytes([0x40 | size]) + value
    width = 1 if size < 1 << 8 else 2 if size < 1 << 16 else 4
    return bytes([0x58 + width.bit_length() - 1]) + size.to_bytes(width, "big") + value
