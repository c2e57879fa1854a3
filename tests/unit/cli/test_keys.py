import pytest

from hanazora.cli.main import run
from hanazora.provenance.certificates import make_leaf, make_root


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HANAZORA_HOME", str(tmp_path / "home"))


def test_keys_are_made_and_shown_without_secrets(tmp_path, capsys):
    assert run(["keys", "init"]) == 0
    out = capsys.readouterr().out
    assert "signer  CN=hanazora signer,O=hanazora  until 20" in out
    assert "root  CN=hanazora local root" in out
    assert "PRIVATE" not in out
    assert run(["keys", "show"]) == 0
    assert capsys.readouterr().out == out


def test_a_new_signer_replaces_the_old_one(capsys):
    run(["keys", "init"])
    before = capsys.readouterr().out.splitlines()
    assert run(["keys", "rotate"]) == 0
    after = capsys.readouterr().out.splitlines()
    assert before[1] != after[1]
    assert before[2:] == after[2:]
    assert run(["keys", "rotate", "--root"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_an_operator_brings_a_certificate(tmp_path, capsys):
    root = make_root()
    leaf = make_leaf(root)
    (tmp_path / "chain.pem").write_bytes(leaf.certificate_pem + root.certificate_pem)
    (tmp_path / "own.key").write_bytes(leaf.key_pem)
    arguments = ["keys", "init", "--certificate", str(tmp_path / "chain.pem")]
    (tmp_path / "own.key").chmod(0o644)
    assert run([*arguments, "--key", str(tmp_path / "own.key")]) == 2
    assert "others may read it" in capsys.readouterr().err
    (tmp_path / "own.key").chmod(0o600)
    assert run([*arguments, "--key", str(tmp_path / "own.key")]) == 0
    assert run([*arguments, "--command", "vault sign"]) == 0
    assert run(arguments) == 2
    assert run(["keys", "init", "--key", "own.key"]) == 2
    assert "a key without a certificate" in capsys.readouterr().err
