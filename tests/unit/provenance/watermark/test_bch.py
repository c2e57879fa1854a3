import numpy as np
import pytest

from hanazora.provenance.watermark.bch import CODE_BITS, ID_BITS, decode, encode, encode_all


def words(count, seed=0):
    ids = np.random.default_rng(seed).integers(0, 1 << ID_BITS, count)
    return [int(mark_id) for mark_id in ids]


def test_the_code_is_linear_and_any_two_words_differ_in_29_bits():
    for left, right in zip(words(300), words(300, seed=1), strict=True):
        assert ((encode(left) ^ encode(right)) == encode(left ^ right)).all()
        assert encode(left ^ right).sum() >= 29
    assert min(int(encode(1 << bit).sum()) for bit in range(ID_BITS)) >= 29


def test_every_bit_of_the_id_stands_in_the_word_itself():
    mark_id = words(1)[0]
    assert encode(mark_id).shape == (CODE_BITS,)
    assert encode(mark_id)[:ID_BITS].tolist() == [mark_id >> bit & 1 for bit in range(ID_BITS)]


def test_many_at_once_are_the_same_words():
    ids = words(50)
    assert (encode_all(ids) == [encode(mark_id) for mark_id in ids]).all()


def test_more_wrong_bits_than_algebra_can_mend_are_mended():
    rng = np.random.default_rng(3)
    right = 0
    for mark_id in words(20, seed=2):
        soft = 2.0 * encode(mark_id) - 1 + rng.normal(size=CODE_BITS)  # 20 of 124 bits turn over
        decoded = decode(soft)
        right += decoded.mark_id == mark_id
        assert (encode(decoded.mark_id) == decoded.bits).all()
    assert right >= 19


def test_an_id_of_41_bits_is_refused():
    with pytest.raises(ValueError, match="40 bits"):
        encode(1 << 40)
    with pytest.raises(ValueError, match="40 bits"):
        encode(-1)
