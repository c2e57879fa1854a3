import struct

import pytest

from hanazora.media.decode import read_video
from hanazora.provenance import cbor, sign
from hanazora.provenance.compact import compact_mp4
from hanazora.provenance.containers import mp4_boxes, read_manifest
from hanazora.provenance.jumbf import assertions, claim_and_signature, parse
from hanazora.provenance.manifest import Ingredient, build_manifest
from hanazora.provenance.sign import sign_file
from hanazora.provenance.verify import read_verification

BAR_BYTES = 16_000


def test_the_third_edit_of_a_chain_is_small_and_still_trusted(keys, media, generation, tmp_path):
    source, given = media / "a.mp4", []
    for number in range(4):
        target = tmp_path / f"{number}.mp4"
        sign_file(source, target, build_manifest(generation, given), keys, given)
        given = [Ingredient(target, "parentOf")]
    assert target.stat().st_size - source.stat().st_size <= BAR_BYTES
    found = read_verification(target, keys.anchors)
    assert found.state == "Trusted"
    assert [len(one.actions) for one in found.manifests] == [2, 2, 2, 1]
    assert (read_video(target) == read_video(source)).all()


def test_without_it_the_chain_is_over_the_bar(keys, media, generation, tmp_path, monkeypatch):
    monkeypatch.setattr(sign, "compact_mp4", lambda path, store: store)
    source, given = media / "a.mp4", []
    for number in range(4):
        target = tmp_path / f"{number}.mp4"
        sign_file(source, target, build_manifest(generation, given), keys, given)
        given = [Ingredient(target, "parentOf")]
    assert target.stat().st_size - source.stat().st_size > BAR_BYTES


def test_padding_and_explained_successes_go(keys, media, generation, tmp_path):
    parent, child = tmp_path / "parent.mp4", tmp_path / "child.mp4"
    sign_file(media / "a.mp4", parent, build_manifest(generation), keys)
    given = [Ingredient(parent, "parentOf")]
    sign_file(media / "a.mp4", child, build_manifest(generation, given), keys, given)
    store = read_manifest(child)
    manifest = parse(store).children[-1]
    _, signature = claim_and_signature(store, manifest)
    assert signature.padding[0] == signature.padding[1]
    box = next(one for one in assertions(manifest) if one.label.startswith("c2pa.ingredient"))
    results = cbor.decode(store[slice(*box.content)])["validationResults"]["activeManifest"]
    codes = [one["code"] for one in results["success"]]
    assert {"signingCredential.trusted", "assertion.bmffHash.match"} <= set(codes)
    assert all(set(one) == {"code"} for one in results["success"])


def test_what_failed_in_a_given_file_stays_whole(keys, media, generation, tmp_path):
    parent, child = tmp_path / "parent.mp4", tmp_path / "child.mp4"
    sign_file(media / "a.mp4", parent, build_manifest(generation), keys)
    data = bytearray(parent.read_bytes())
    data[-1] ^= 1
    parent.write_bytes(data)
    given = [Ingredient(parent, "parentOf")]
    store = sign_file(media / "a.mp4", child, build_manifest(generation, given), keys, given)
    assert b"explanation" in store
    found = read_verification(child, keys.anchors)
    assert found.state == "Trusted"
    assert found.manifests[0].given[0].failures == ["assertion.bmffHash.mismatch"]


def test_every_table_of_chunks_moves_with_the_samples(keys, media, generation, tmp_path):
    target = tmp_path / "a.mp4"
    sign_file(media / "a.mp4", target, build_manifest(generation), keys)
    data = target.read_bytes()
    at = data.index(b"stco") + 4
    (first,) = struct.unpack_from(">I", data, at + 8)
    mdat = next(box for box in mp4_boxes(data) if box[2] == b"mdat")
    assert mdat[0] + 8 <= first < mdat[1]


def test_a_file_in_fragments_keeps_what_the_library_wrote(keys, media, tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes((media / "a.mp4").read_bytes() + struct.pack(">I4s", 8, b"moof"))
    assert compact_mp4(path, b"any") == b"any"


def test_another_store_is_refused(keys, media, generation, tmp_path):
    target = tmp_path / "a.mp4"
    store = sign_file(media / "a.mp4", target, build_manifest(generation), keys)
    with pytest.raises(ValueError, match="does not hold"):
        compact_mp4(target, store + b"x")
