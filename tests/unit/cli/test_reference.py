import sys

import pytest

from hanazora.cli import reference


def test_every_option_has_a_meaning():
    rows = [line for line in reference.cli_page().splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    assert all(row.split(" | ")[2].strip(" |") for row in rows)


def test_every_config_field_has_a_meaning():
    rows = [line for line in reference.config_page().splitlines() if line.startswith("| `")]
    empty = [row for row in rows if row.endswith("|  |")]
    assert empty == []


def test_every_recipe_says_what_it_is():
    parts = reference.recipes_page().split("## ")[1:]
    assert all(len(part.splitlines()) > 2 for part in parts)


def test_a_stale_page_is_named_and_then_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reference, "REFERENCE_DIR", tmp_path)
    monkeypatch.setattr(reference, "pages", lambda: {"a.md": "new"})
    (tmp_path / "a.md").write_text("old")
    monkeypatch.setattr(sys, "argv", ["reference", "--check"])
    with pytest.raises(SystemExit) as caught:
        reference.main()
    assert caught.value.code == 2
    assert "a.md" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["reference"])
    reference.main()
    assert (tmp_path / "a.md").read_text() == "new"
    monkeypatch.setattr(sys, "argv", ["reference", "--check"])
    reference.main()
