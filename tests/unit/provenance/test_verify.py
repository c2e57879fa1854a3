import random
import time

import pytest

from hanazora.core.errors import UserError
from hanazora.provenance import certificates
from hanazora.provenance.certificates import make_leaf, make_root
from hanazora.provenance.containers import read_manifest, write_manifest
from hanazora.provenance.manifest import GENERATION_LABEL, Ingredient, build_manifest
from hanazora.provenance.sign import sign_file
from hanazora.provenance.verify import IRREGULAR, read_verification, verify_file


@pytest.fixture
def signed(keys, media, generation, tmp_path):
    path = tmp_path / "signed.mp4"
    sign_file(media / "a.mp4", path, build_manifest(generation), keys)
    return path


def test_a_file_of_ours_is_trusted_and_says_how_it_was_made(signed, keys):
    found = read_verification(signed, keys.anchors)
    assert (found.state, found.failures) == ("Trusted", [])
    facts = found.manifests[0]
    assert (facts.generator, facts.signer) == ("hanazora", "hanazora")
    assert facts.actions[0].action == "c2pa.created"
    assert facts.actions[0].agent == "petal"
    assert facts.actions[0].source_type.endswith("trainedAlgorithmicMedia")
    assert facts.generation["checks"] == {"prompt_filter": "passed"}
    assert GENERATION_LABEL.startswith("org.hanazora")
    assert verify_file(signed, keys.anchors) == ("passed", "Trusted")


def test_an_unknown_signer_is_not_trusted(signed):
    found = read_verification(signed, make_root().certificate_pem.decode())
    assert found.state == "Valid"
    assert verify_file(signed, make_root().certificate_pem.decode()).state == "failed"


def test_a_file_without_a_manifest_has_none(media, keys, tmp_path):
    assert read_verification(media / "a.mp4", keys.anchors).state == "None"
    (tmp_path / "a.txt").write_text("petal")
    assert read_verification(tmp_path / "a.txt", keys.anchors).state == "None"
    with pytest.raises(UserError, match="cannot read"):
        read_verification(tmp_path / "absent", keys.anchors)


def test_every_single_bit_counts(signed, keys):
    """A small version of benchmarks/c2pa_flips.py: anything but the file type box."""
    data, draw = signed.read_bytes(), random.Random(5)
    first = int.from_bytes(data[:4], "big")
    for position in (draw.randrange(first, len(data)) for _ in range(150)):
        changed = bytearray(data)
        changed[position] ^= 1 << draw.randrange(8)
        signed.write_bytes(changed)
        assert read_verification(signed, keys.anchors).state == "Invalid", position


def test_nothing_can_be_appended_unseen(signed, keys):
    data = signed.read_bytes()
    signed.write_bytes(data + b"\0\0\0\x10freehello!!!")
    assert read_verification(signed, keys.anchors).state == "Invalid"
    signed.write_bytes(data[:-1])
    assert read_verification(signed, keys.anchors).state == "Invalid"


def test_bytes_that_the_standard_leaves_out_are_judged(keys, media, generation, tmp_path):
    target = tmp_path / "a.png"
    store = sign_file(media / "a.png", target, build_manifest(generation), keys)
    at = store.rindex(b"\xa1cpad") + 50
    write_manifest(target, store[:at] + b"x" + store[at + 1 :])
    found = read_verification(target, keys.anchors)
    assert (found.state, found.failures) == ("Invalid", [IRREGULAR])


def test_a_kept_manifest_tells_that_the_content_changed(signed, keys, media):
    store = read_manifest(signed)
    assert read_verification(signed, keys.anchors, store).state == "Trusted"
    found = read_verification(media / "a.png", keys.anchors, store)
    assert found.state == "Invalid"
    stripped = signed.with_name("stripped.mp4")
    stripped.write_bytes((media / "a.mp4").read_bytes()[:-9] + b"different")
    found = read_verification(stripped, keys.anchors, store)
    assert found.content_changed
    assert found.manifests[0].actions[0].agent == "petal"


def test_an_old_signature_is_told_from_a_broken_one(keys, media, generation, tmp_path, monkeypatch):
    # The library signs with no certificate that has expired, so this one expires soon after.
    monkeypatch.setattr(certificates, "LEAF_DAYS", 4 / 86400)
    root = make_root()
    leaf = make_leaf(root)
    signer = keys.signer._replace(
        certificates=leaf.certificate_pem.decode(),
        sign=certificates.signing_function(leaf.key_pem),
    )
    old = keys._replace(signer=signer, anchors=root.certificate_pem.decode())
    sign_file(media / "a.mp4", tmp_path / "a.mp4", build_manifest(generation), old)
    time.sleep(5.1)
    found = read_verification(tmp_path / "a.mp4", old.anchors)
    assert found.state == "Invalid"
    assert found.expired


def test_a_given_file_that_was_tampered_with_is_shown(signed, keys, media, generation, tmp_path):
    signed.write_bytes(signed.read_bytes()[:-1] + b"?")
    given = [Ingredient(signed, "parentOf")]
    target = tmp_path / "b.mp4"
    sign_file(media / "a.mp4", target, build_manifest(generation, given), keys, given)
    found = read_verification(target, keys.anchors)
    assert found.state == "Trusted"
    assert found.manifests[0].given[0].failures == ["assertion.bmffHash.mismatch"]
