import struct
import zlib

import pytest

from hanazora.provenance.containers import (
    has_traces,
    irregular_place,
    kind_of,
    kind_of_file,
    read_manifest,
    write_manifest,
)
from hanazora.provenance.manifest import build_manifest
from hanazora.provenance.sign import sign_file


def jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\0"


def app11(number, payload):
    body = b"JP" + struct.pack(">HI", 7, number) + payload
    return b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body


def webp(*chunks):
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"\0\0\0\x20ftypisom\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\x89PNG\r\n\x1a\n........", "image/png"),
        (b"\xff\xd8\xff\xe0............", "image/jpeg"),
        (webp(), "image/webp"),
        (b"\x1aE\xdf\xa3............", "video/webm"),
    ],
)
def test_a_kind_is_told_by_content(data, mime, tmp_path):
    assert kind_of(data).mime == mime
    (tmp_path / "a.txt").write_bytes(data)
    assert kind_of_file(tmp_path / "a.txt").mime == mime


def test_other_files_have_no_kind(tmp_path):
    assert kind_of(b"GIF89a..........") is None
    (tmp_path / "empty").write_bytes(b"")
    assert kind_of_file(tmp_path / "empty") is None
    assert read_manifest(tmp_path / "empty") == b""
    assert not has_traces(tmp_path / "empty")


@pytest.mark.parametrize(
    "data",
    [
        webp((b"VP8 ", b"abc"), (b"C2PA", b"manifest-of-20-bytes")),
        jpeg(app11(1, b"manifest-of"), app11(2, b"HEADHEAD-20-bytes")),
        jpeg(b"\xff\xe0\0\x04ab", app11(1, b"manifest-of-20-bytes")),
    ],
)
def test_a_manifest_is_read_and_replaced_in_its_place(tmp_path, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    assert read_manifest(path) == b"manifest-of-20-bytes"
    write_manifest(path, b"MANIFEST-OF-20-BYTES")
    assert read_manifest(path) == b"MANIFEST-OF-20-BYTES"
    assert len(path.read_bytes()) == len(data)
    with pytest.raises(ValueError, match="of this length"):
        write_manifest(path, b"short")


def test_the_checksum_of_a_png_follows(tmp_path):
    chunk = struct.pack(">I", 4) + b"caBXabcd" + struct.pack(">I", zlib.crc32(b"caBXabcd"))
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    write_manifest(path, b"wxyz")
    assert path.read_bytes().endswith(b"caBXwxyz" + struct.pack(">I", zlib.crc32(b"caBXwxyz")))


def test_the_box_around_a_manifest_is_as_we_write_it(keys, media, generation, tmp_path):
    path = tmp_path / "a.mp4"
    store = sign_file(media / "a.mp4", path, build_manifest(generation), keys)
    data = path.read_bytes()
    assert read_manifest(path) == store
    assert irregular_place(path) == ""
    at = data.index(b"manifest\0")
    path.write_bytes(data[: at - 1] + b"\1" + data[at:])
    assert "header" in irregular_place(path)
    path.write_bytes(data + b"\0\0\0\x08uuid")
    assert "2 boxes" in irregular_place(path)


def test_a_manifest_that_cannot_be_found_leaves_traces(keys, media, generation, tmp_path):
    path = tmp_path / "a.mp4"
    sign_file(media / "a.mp4", path, build_manifest(generation), keys)
    assert has_traces(path)
    assert not has_traces(media / "a.mp4")
    path.write_bytes(path.read_bytes().replace(b"uuid\xd8", b"uuie\xd8"))
    assert read_manifest(path) == b""
    assert has_traces(path)
