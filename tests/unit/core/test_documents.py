import errno
import hashlib
import os

import pytest

from hanazora.core.documents import (
    input_error,
    read_bytes,
    read_json,
    read_text,
    read_toml,
    sha256_file,
)
from hanazora.core.errors import UserError


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"flower": "\xe8\x8a\xb1"}')
    assert read_json(path) == {"flower": "\N{CJK UNIFIED IDEOGRAPH-82B1}"}
    path.write_text("petals = 3\n", encoding="utf-8")
    assert read_toml(path) == {"petals": 3}
    assert read_text(path) == "petals = 3\n"
    assert read_bytes(path) == b"petals = 3\n"


def test_a_missing_file_names_the_one_that_was_meant(tmp_path):
    (tmp_path / "truck.json").write_text("{}")
    with pytest.raises(UserError) as caught:
        read_json(tmp_path / "trukc.json")
    assert caught.value.rule == "there is no such file"
    assert caught.value.nearest == str(tmp_path / "truck.json")


def test_nothing_is_proposed_where_nothing_is_near(tmp_path):
    (tmp_path / "reef.mp4").write_text("")
    for path in (tmp_path / "truck.json", tmp_path / "no" / "truck.json"):
        with pytest.raises(UserError, match="there is no such file$"):
            read_bytes(path)


def test_a_directory_is_not_a_file(tmp_path):
    with pytest.raises(UserError, match="it is a directory"):
        read_text(tmp_path)


def test_a_file_as_a_directory_is_named(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(UserError, match="a part of the path is not a directory"):
        read_bytes(tmp_path / "a" / "b.json")


def test_another_reason_is_the_system_s_own(tmp_path):
    path = tmp_path / "a.json"
    assert "Input/output error" in str(
        input_error(path, OSError(errno.EIO, os.strerror(errno.EIO)))
    )
    assert str(input_error(path, OSError())).endswith("a.json: unreadable")


def test_bytes_that_are_not_text_are_said_so(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xff\xfe")
    for read in (read_text, read_json, read_toml):
        with pytest.raises(UserError, match="it must be UTF-8 text"):
            read(path)


def test_what_does_not_parse_is_one_line(tmp_path):
    path = tmp_path / "a.txt"
    for text in ("{", "", "[" * 100_000):
        path.write_text(text)
        with pytest.raises(UserError, match="a.txt is not valid JSON") as caught:
            read_json(path)
        assert "\n" not in str(caught.value)
    path.write_text("a = \nb")
    with pytest.raises(UserError, match="a.txt is not valid TOML"):
        read_toml(path)


def test_a_hash_is_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"petal")
    assert sha256_file(tmp_path / "a") == hashlib.sha256(b"petal").hexdigest()
    with pytest.raises(UserError, match="there is no such file"):
        sha256_file(tmp_path / "b")
