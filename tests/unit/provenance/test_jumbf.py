import random

import pytest

from hanazora.provenance.jumbf import assertions, irregular, parse, settle, splice
from hanazora.provenance.manifest import Ingredient, build_manifest
from hanazora.provenance.sign import sign_file


@pytest.fixture(scope="module")
def store(keys, media, tmp_path_factory):
    from hanazora.provenance.manifest import Generation

    said = Generation(model="m", model_sha256="", version="1", prompt_hash="")
    directory = tmp_path_factory.mktemp("store")
    first = directory / "first.mp4"
    sign_file(media / "a.mp4", first, build_manifest(said), keys)
    given = [Ingredient(first, "parentOf")]
    return sign_file(media / "a.mp4", directory / "b.mp4", build_manifest(said, given), keys, given)


def test_a_store_is_boxes_in_boxes(store):
    tree = parse(store)
    assert (tree.label, [box.kind for box in tree.children]) == ("c2pa", [b"c2ma", b"c2ma"])
    labels = [box.label for box in tree.children[-1].children]
    assert labels == ["c2pa.assertions", "c2pa.claim.v2", "c2pa.signature"]
    assert irregular(store) == ""


def test_only_salts_hashes_and_the_signature_change(store):
    calls = []

    def sign(message):
        calls.append(message)
        return b"s" * 64

    settled = settle(store, lambda label: label.encode().ljust(16)[:16], sign)
    assert len(settled) == len(store)
    assert len(calls) == 1
    newest = parse(store).children[-1]
    assert settled[: newest.start] == store[: newest.start]
    assert settled.count(b"s" * 64) == 1
    assert b"c2pa.actions.v2 "[:15] in settled
    assert settle(settled, lambda label: label.encode().ljust(16)[:16], sign) == settled


def test_a_signature_of_another_length_is_refused(store):
    with pytest.raises(ValueError, match="has 3 bytes, not 64"):
        settle(store, lambda _: bytes(16), lambda _: b"abc")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"c2pa.claim.v2\0", b"c2pa.claim.v3\0", "the claim is called"),
        (b"\x03c2pa.signature\0", b"\x03c2pa.signatura\0", "a c2pa.signature box is called"),
        (b"\x03c2pa.assertions\0", b"\x02c2pa.assertions\0", "has toggles 0x2"),
        (b"\x13c2pa.hash.bmff.v3", b"\x11c2pa.hash.bmff.v3", "has toggles 0x11"),
        (b"\xa1cpad", b"\xa1cpae", "other unprotected headers than padding"),
    ],
)
def test_a_change_that_no_hash_covers_is_found(store, old, new, problem):
    at = store.rindex(old)
    assert problem in irregular(store[:at] + new + store[at + len(old) :])


def test_padding_hides_nothing(keys, media, generation, tmp_path):
    # A picture keeps the padding that the library leaves.
    store = sign_file(media / "a.png", tmp_path / "a.png", build_manifest(generation), keys)
    at = store.rindex(b"\xa1cpad") + 100
    assert "not zero" in irregular(store[:at] + b"x" + store[at + 1 :])


def test_noise_is_irregular_and_nothing_worse():
    draw = random.Random(1)
    for size in (0, 1, 7, 8, 40, 400):
        assert irregular(draw.randbytes(size))


def test_a_cut_store_is_irregular(store):
    assert irregular(store[:-1])
    assert irregular(store + b"x")


def test_boxes_grow_and_shrink_with_what_is_put_into_them(store):
    box = next(one for one in assertions(parse(store).children[-1]) if "generation" in one.label)
    start, end = box.content
    for said in (b"", b"x" * 3 * (end - start)):
        changed = splice(store, [(start, end, said)])
        assert len(changed) == len(store) - (end - start) + len(said)
        found = assertions(parse(changed).children[-1])
        same = next(one for one in found if one.label == box.label)
        assert changed[slice(*same.content)] == said
