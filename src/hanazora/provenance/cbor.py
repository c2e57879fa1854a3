"""CBOR (RFC 8949), as much of it as C2PA assertions are made of."""

import struct
from typing import NamedTuple, TypeAlias

Item: TypeAlias = object
"""A number, a truth value, None, bytes, a text, `Tagged`, or a list or a map of items."""

_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}


class Tagged(NamedTuple):
    """An item with a tag, as a date has one."""

    tag: int
    item: Item


def decode(data: bytes) -> Item:
    """Read one item that fills the bytes.

    Raises:
        ValueError: the bytes are something else, or of a kind that is not read here.
    """
    item, end = _decode(data, 0)
    if end != len(data):
        raise ValueError(f"the item ends at {end} of {len(data)} bytes")
    return item


def encode(item: Item) -> bytes:
    """Write an item in its shortest form; maps keep their order.

    Raises:
        ValueError: it is of a kind that is not written here.
    """
    if item is None or isinstance(item, bool):
        return bytes([0xE0 | next(code for code, value in _SIMPLE.items() if value is item)])
    if isinstance(item, int):
        return _head(0, item) if item >= 0 else _head(1, -1 - item)
    if isinstance(item, float):
        return b"\xfb" + struct.pack(">d", item)
    if isinstance(item, bytes):
        return _head(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode("utf-8")
        return _head(3, len(text)) + text
    if isinstance(item, Tagged):
        return _head(6, item.tag) + encode(item.item)
    if isinstance(item, list):
        return _head(4, len(item)) + b"".join(encode(each) for each in item)
    if isinstance(item, dict):
        pairs = (encode(key) + encode(value) for key, value in item.items())
        return _head(5, len(item)) + b"".join(pairs)
    raise ValueError(f"no CBOR for a {type(item).__name__}")


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    width = next(width for width in range(4) if value < 1 << (8 << width))
    return bytes([major << 5 | 24 + width]) + value.to_bytes(1 << width, "big")


def _decode(data: bytes, start: int) -> tuple[Item, int]:
    if start >= len(data):
        raise ValueError("an item is cut off")
    major, short = divmod(data[start], 32)
    if major == 7:
        return _decode_simple(data, start, short)
    value, position = _decode_head(data, start + 1, short)
    if major == 0:
        return value, position
    if major == 1:
        return -1 - value, position
    if major in (2, 3):
        content = data[position : position + value]
        if len(content) != value:
            raise ValueError("a string is cut off")
        return (content if major == 2 else content.decode("utf-8")), position + value
    if major == 6:
        item, position = _decode(data, position)
        return Tagged(value, item), position
    items = list[Item]()
    for _ in range(value * (2 if major == 5 else 1)):
        item, position = _decode(data, position)
        items.append(item)
    if major == 4:
        return items, position
    return _paired(items), position


def _paired(items: list[Item]) -> dict[int | str, Item]:
    found: dict[int | str, Item] = {}
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, (int, str)):
            raise ValueError("a key is neither a number nor a text")
        found[key] = value
    return found


def _decode_head(data: bytes, start: int, short: int) -> tuple[int, int]:
    if short < 24:
        return short, start
    if short > 27:
        raise ValueError("an item of open length")
    end = start + (1 << (short - 24))
    if end > len(data):
        raise ValueError("a length is cut off")
    return int.from_bytes(data[start:end], "big"), end


def _decode_simple(data: bytes, start: int, short: int) -> tuple[Item, int]:
    if short in _SIMPLE:
        return _SIMPLE[short], start + 1
    if short == 27 and start + 9 <= len(data):
        return float(struct.unpack_from(">d", data, start + 1)[0]), start + 9
    raise ValueError(f"a simple value {short}")
