"""The code of the 40-bit id: BCH(127, 43) shortened to (124, 40), read by soft decision.

Any two of its words differ in at least 29 of 124 bits. Reading uses ordered statistics (Fossorier
and Lin, "Soft-decision decoding of linear block codes based on ordered statistics", 1995): the
most reliable independent bits are taken as they are, then with up to three of them turned over,
and the nearest word wins. That finds the right one far beyond the 14 errors of the algebra.
"""

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

ID_BITS = 40
CODE_BITS = 124

_FIELD_BITS, _FIELD_POLYNOMIAL = 7, 0b10001001  # x^7 + x^3 + 1, primitive over GF(2)
_ERRORS = 14
_MAX_FLIPS = 3


class Decoded(NamedTuple):
    """The word nearest to what was read."""

    mark_id: int
    bits: UInt8[np.ndarray, "bits"]
    """Its bits, 0 or 1."""


def encode(mark_id: int) -> UInt8[np.ndarray, "bits"]:
    """Return the word of an id: 124 bits, 0 or 1.

    Raises:
        ValueError: the id does not fit into 40 bits.
    """
    if not 0 <= mark_id < 1 << ID_BITS:
        raise ValueError(f"mark_id is {mark_id}; it must fit into {ID_BITS} bits")
    return encode_all([mark_id])[0]


def encode_all(mark_ids: Sequence[int]) -> UInt8[np.ndarray, "ids bits"]:
    """Return the words of many ids, each of 40 bits."""
    places = np.arange(ID_BITS, dtype=np.uint64)
    messages = (np.array(mark_ids, np.uint64)[:, None] >> places & np.uint64(1)).astype(np.float32)
    # Counts of ones stay far below 256, so their parity is the lowest bit of a byte.
    return (messages @ _generator()).astype(np.uint8) & 1


def decode(soft: Float[np.ndarray, "bits"]) -> Decoded:
    """Return the most likely word.

    Args:
        soft: one value per bit, positive for 1; the larger, the surer.
    """
    order = np.argsort(-np.abs(soft), kind="stable")
    rows, basis = _reduce(order)
    hard = (soft[basis] > 0).astype(np.float32)
    candidates = (np.abs(_flips() - hard) @ rows).astype(np.uint8) & 1
    best = candidates[np.argmax(candidates @ soft.astype(np.float32))]
    mark_id = sum(int(bit) << position for position, bit in enumerate(best[:ID_BITS]))
    return Decoded(mark_id, best)


def _reduce(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # Gauss-Jordan: the earliest independent columns in this order become unit columns.
    rows, basis = _generator().copy(), list[int]()
    for column in order:
        done = len(basis)
        pivots = np.flatnonzero(rows[done:, column])
        if not len(pivots):
            continue
        pivot = done + pivots[0]
        rows[[done, pivot]] = rows[[pivot, done]]
        others = np.flatnonzero(rows[:, column])
        rows[others[others != done]] ^= rows[done]
        basis.append(int(column))
        if len(basis) == ID_BITS:
            break
    return rows.astype(np.float32), np.array(basis)


@functools.cache
def _flips() -> np.ndarray:
    patterns = [
        places
        for n in range(_MAX_FLIPS + 1)
        for places in itertools.combinations(range(ID_BITS), n)
    ]
    flips = np.zeros((len(patterns), ID_BITS), np.float32)
    for flip, places in zip(flips, patterns, strict=True):
        flip[list(places)] = 1
    return flips


@functools.cache
def _generator() -> np.ndarray:
    # Systematic: the id itself, then the remainder of id * x^84 by the generator polynomial.
    polynomial = _generator_polynomial()
    degree = polynomial.bit_length() - 1
    rows = np.zeros((ID_BITS, CODE_BITS), np.uint8)
    for bit in range(ID_BITS):
        remainder = _remainder(1 << (degree + bit), polynomial)
        rows[bit, bit] = 1
        rows[bit, ID_BITS:] = [remainder >> place & 1 for place in range(degree)]
    return rows


def _generator_polynomial() -> int:
    powers = [1]
    for _ in range((1 << _FIELD_BITS) - 2):
        powers.append(_remainder(powers[-1] << 1, _FIELD_POLYNOMIAL))
    classes = {
        frozenset(root * 2**turn % len(powers) for turn in range(_FIELD_BITS))
        for root in range(1, 2 * _ERRORS + 1)
    }
    product = 1
    for conjugates in sorted(classes, key=min):
        product = _multiply(product, _minimal_polynomial(conjugates, powers))
    return product


def _minimal_polynomial(conjugates: frozenset[int], powers: list[int]) -> int:
    # The product of (x + root); its coefficients end up in {0, 1}.
    coefficients = [1]
    for exponent in conjugates:
        raised = [0, *coefficients]
        scaled = [_field_product(value, powers[exponent]) for value in coefficients] + [0]
        coefficients = [high ^ low for high, low in zip(raised, scaled, strict=True)]
    return sum(value << place for place, value in enumerate(coefficients))


def _field_product(left: int, right: int) -> int:
    return _remainder(_multiply(left, right), _FIELD_POLYNOMIAL)


def _multiply(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = left << 1, right >> 1
    return product


def _remainder(value: int, divisor: int) -> int:
    while value.bit_length() >= divisor.bit_length():
        value ^= divisor << (value.bit_length() - divisor.bit_length())
    return value
