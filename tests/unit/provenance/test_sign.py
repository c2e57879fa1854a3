import sys

import pytest

from hanazora.provenance.certificates import signing_function
from hanazora.provenance.containers import read_manifest
from hanazora.provenance.library import LibraryMissingError
from hanazora.provenance.manifest import Ingredient, build_manifest
from hanazora.provenance.sign import SigningError, can_carry, manifest_label, sign_file
from hanazora.provenance.verify import read_verification


def test_the_same_file_is_signed_to_the_same_bytes(keys, media, generation, tmp_path):
    for name in ("a.mp4", "a.png"):
        stores = [
            sign_file(media / name, tmp_path / f"{n}-{name}", build_manifest(generation), keys)
            for n in (1, 2)
        ]
        assert stores[0] == stores[1] == read_manifest(tmp_path / f"1-{name}")
        assert (tmp_path / f"1-{name}").read_bytes() == (tmp_path / f"2-{name}").read_bytes()
        assert read_verification(tmp_path / f"1-{name}", keys.anchors).state == "Trusted"


def test_no_two_contents_share_an_identifier(keys, media, generation, tmp_path):
    labels = {
        manifest_label(sign_file(media / name, tmp_path / "x", build_manifest(generation), keys))
        for name in ("a.mp4", "a.png")
    }
    assert len(labels) == 2


def test_a_chain_goes_along(keys, media, generation, tmp_path):
    source, given = media / "a.mp4", []
    for number in range(4):
        target = tmp_path / f"{number}.mp4"
        for _ in range(2):
            store = sign_file(source, target, build_manifest(generation, given), keys, given)
            assert store == read_manifest(target)
        given = [Ingredient(target, "parentOf")]
    found = read_verification(tmp_path / "3.mp4", keys.anchors)
    assert found.state == "Trusted"
    steps = [[action.action for action in one.actions] for one in found.manifests]
    assert steps == [["c2pa.opened", "c2pa.edited"]] * 3 + [["c2pa.created"]]


def test_a_given_file_of_any_kind_is_named(keys, media, generation, tmp_path):
    other = tmp_path / "secret-name.mkv"
    other.write_bytes(b"\x1aE\xdf\xa3 and so on")
    given = [Ingredient(media / "a.png", "inputTo"), Ingredient(other, "componentOf")]
    target = tmp_path / "b.mp4"
    sign_file(media / "a.mp4", target, build_manifest(generation, given), keys, given)
    found = read_verification(target, keys.anchors)
    assert found.state == "Trusted"
    assert {one.relationship for one in found.manifests[0].given} == {"inputTo", "componentOf"}
    assert b"secret-name" not in target.read_bytes()
    assert str(tmp_path).encode() not in target.read_bytes()


def test_a_container_that_cannot_carry_it_keeps_it_beside(keys, generation, tmp_path):
    source, target = tmp_path / "a.webm", tmp_path / "b.webm"
    source.write_bytes(b"\x1aE\xdf\xa3 and so on")
    store = sign_file(source, target, build_manifest(generation), keys)
    assert not can_carry(source)
    assert target.read_bytes() == source.read_bytes()
    assert read_verification(target, keys.anchors, store).state == "Trusted"
    target.write_bytes(b"\x1aE\xdf\xa3 and SO on")
    assert read_verification(target, keys.anchors, store).content_changed


def test_other_files_are_refused(keys, media, generation, tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a...")
    with pytest.raises(SigningError, match="cannot be signed"):
        sign_file(tmp_path / "a.gif", tmp_path / "b.gif", build_manifest(generation), keys)
    with pytest.raises(ValueError, match="in place"):
        sign_file(media / "a.mp4", media / "a.mp4", build_manifest(generation), keys)
    assert (media / "a.mp4").stat().st_size > 0
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    with pytest.raises(SigningError, match="the file cannot be signed"):
        sign_file(tmp_path / "a.png", tmp_path / "b.png", build_manifest(generation), keys)


def test_every_algorithm_is_trusted(keys, media, generation, tmp_path, self_signed):
    for algorithm in ("es256", "es384"):
        pair = self_signed(algorithm)
        signer = keys.signer._replace(
            algorithm=algorithm,
            certificates=pair.certificate_pem.decode(),
            sign=signing_function(pair.key_pem),
        )
        own = keys._replace(signer=signer, anchors=pair.certificate_pem.decode())
        sign_file(media / "a.mp4", tmp_path / "a.mp4", build_manifest(generation), own)
        assert read_verification(tmp_path / "a.mp4", own.anchors).state == "Trusted"


def test_without_the_library_nothing_is_signed(keys, media, generation, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(LibraryMissingError):
        sign_file(media / "a.mp4", tmp_path / "b.mp4", build_manifest(generation), keys)
