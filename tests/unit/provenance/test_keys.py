import concurrent.futures
import datetime
import sys

import pytest

from hanazora.core.errors import UserError
from hanazora.provenance import certificates, keys
from hanazora.provenance.certificates import make_leaf, make_root
from hanazora.provenance.keys import (
    derive,
    describe,
    install_signer,
    load_keys,
    make_keys,
    rotate,
)


def test_keys_are_made_once_and_only_the_owner_reads_them(tmp_path):
    directory = tmp_path / "keys"
    first = load_keys(directory)
    again = load_keys(directory)
    assert first[1:] == again[1:]
    assert first.signer.certificates == again.signer.certificates
    assert first.secret != first.mark
    private = ["mark.key", "root.key", "secret.key", "signer.key"]
    assert sorted(path.name for path in directory.glob("*.key")) == private
    assert {path.stat().st_mode & 0o777 for path in directory.glob("*.key")} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_two_at_first_use_share_one_set(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: load_keys(tmp_path / "keys").secret, range(4)))
    assert len(set(found)) == 1


@pytest.mark.parametrize("name", ["signer.key", "secret.key", "mark.key"])
def test_a_key_that_others_may_read_is_refused(tmp_path, name):
    path = make_keys(tmp_path / "keys") / name
    path.chmod(0o640)
    with pytest.raises(UserError, match=r"others may read it \(mode 640\); try chmod 600"):
        load_keys(tmp_path / "keys")


def test_a_signer_is_renewed_before_it_runs_out(tmp_path, monkeypatch):
    directory = tmp_path / "keys"
    monkeypatch.setattr(certificates, "LEAF_DAYS", 20)
    old = load_keys(directory)
    monkeypatch.setattr(certificates, "LEAF_DAYS", 90)
    new = load_keys(directory)
    assert new.signer.certificates != old.signer.certificates
    assert new.anchors == old.anchors
    assert new.secret == old.secret
    left = describe(directory)[0].expires - datetime.datetime.now(datetime.UTC)
    assert left.days >= 89


def test_rotation_keeps_old_roots(tmp_path):
    directory = tmp_path / "keys"
    old = load_keys(directory)
    rotate(directory)
    assert load_keys(directory).anchors == old.anchors
    rotate(directory, new_root=True)
    new = load_keys(directory)
    assert new.anchors.startswith(old.anchors)
    assert [facts.role for facts in describe(directory)] == ["signer", "root", "root"]


def test_without_the_root_key_nothing_is_renewed(tmp_path):
    directory = make_keys(tmp_path / "keys")
    (directory / "root.key").unlink()
    assert load_keys(directory)
    with pytest.raises(UserError, match="the root key signs new signers"):
        rotate(directory)


def own_signer(tmp_path):
    root = make_root()
    leaf = make_leaf(root)
    (tmp_path / "chain.pem").write_bytes(leaf.certificate_pem + root.certificate_pem)
    (tmp_path / "own.key").write_bytes(leaf.key_pem)
    (tmp_path / "own.key").chmod(0o600)
    return leaf


def test_an_operator_signs_with_a_key_of_their_own(tmp_path):
    leaf = own_signer(tmp_path)
    directory = tmp_path / "keys"
    install_signer(tmp_path / "chain.pem", key=tmp_path / "own.key", directory=directory)
    found = load_keys(directory)
    assert found.signer.certificates.startswith(leaf.certificate_pem.decode())
    assert found.signer.sign(b"x") == certificates.signing_function(leaf.key_pem)(b"x")
    assert len(describe(directory)) == 3


def test_an_operator_signs_with_a_command(tmp_path):
    leaf = own_signer(tmp_path)
    script = tmp_path / "vault.py"
    script.write_text(
        "import sys\n"
        "from cryptography.hazmat.primitives.serialization import load_pem_private_key as load\n"
        f"key = load(open({str(tmp_path / 'own.key')!r}, 'rb').read(), None)\n"
        "sys.stdout.buffer.write(key.sign(sys.stdin.buffer.read()))\n"
    )
    directory = tmp_path / "keys"
    install_signer(
        tmp_path / "chain.pem", command=[sys.executable, str(script)], directory=directory
    )
    signer = load_keys(directory).signer
    assert signer.sign(b"x") == certificates.signing_function(leaf.key_pem)(b"x")
    install_signer(tmp_path / "chain.pem", command=["false"], directory=directory)
    with pytest.raises(UserError, match="the signing command false failed: exit code 1"):
        load_keys(directory).signer.sign(b"x")


def test_a_foreign_signer_that_ran_out_signs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "_CLOCK_SLACK", datetime.timedelta(days=2))
    monkeypatch.setattr(certificates, "LEAF_DAYS", -1)
    own_signer(tmp_path)
    directory = make_keys(tmp_path / "keys")
    install_signer(tmp_path / "chain.pem", key=tmp_path / "own.key", directory=directory)
    with pytest.raises(UserError, match="ran out"):
        load_keys(directory)


def test_a_signer_is_a_key_or_a_command(tmp_path):
    with pytest.raises(UserError, match="exactly one"):
        install_signer(tmp_path / "chain.pem", directory=tmp_path)


def test_what_is_drawn_depends_on_everything():
    drawn = {
        derive(b"s", "salt", b"a", b"b"),
        derive(b"s", "salt", b"ab", b""),
        derive(b"s", "mark", b"a", b"b"),
        derive(b"t", "salt", b"a", b"b"),
    }
    assert len(drawn) == 4
    assert derive(b"s", "salt", b"a") == derive(b"s", "salt", b"a")


def test_other_keys_of_the_installation_are_no_hindrance(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "audit.key").write_text("of another room")
    assert load_keys().secret == load_keys(keys.keys_dir()).secret
    assert (tmp_path / "keys" / "audit.key").exists()
