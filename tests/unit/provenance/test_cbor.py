import pytest

from hanazora.provenance.cbor import Tagged, decode, encode


@pytest.mark.parametrize(
    ("item", "written"),
    [
        (0, "00"), (23, "17"), (24, "1818"), (1000, "1903e8"), (1 << 32, "1b0000000100000000"),
        (-1, "20"), (-1000, "3903e7"), (b"\1\2", "420102"), ("\u6c34", "63e6b0b4"), (True, "f5"),
        (False, "f4"), (None, "f6"), (1.1, "fb3ff199999999999a"), ([1, [2]], "82018102"),
        ({"a": 1, 2: "b"}, "a261610102" + "6162"), (Tagged(0, "x"), "c06178"),
    ],
)  # fmt: skip
def test_examples_of_the_standard(item, written):
    assert encode(item).hex() == written
    assert decode(bytes.fromhex(written)) == item


@pytest.mark.parametrize(
    "written", ["", "18", "6261", "9f00ff", "0000", "a10000f6", "a1f600", "f0"]
)
def test_what_is_cut_off_or_of_another_kind_is_refused(written):
    with pytest.raises(ValueError):
        decode(bytes.fromhex(written))


def test_other_things_are_not_written():
    with pytest.raises(ValueError, match="set"):
        encode({1, 2})
