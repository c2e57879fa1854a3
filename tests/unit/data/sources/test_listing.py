from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.data.sources.listing import ListedClip, drop, list_folder


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_a_caption_lies_beside_its_clip(tmp_path):
    write(tmp_path, b_MP4="", b_txt="\ufeffA cat\n sits.\n", a_png="", a_txt="a dog",
          sub__c_mov="", sub__c_txt="红色的车")  # fmt: skip
    listing = list_folder(tmp_path)
    assert listing.clips == [
        ListedClip(tmp_path / "a.png", ("a dog",)),
        ListedClip(tmp_path / "b.MP4", ("A cat sits.",)),
        ListedClip(tmp_path / "sub" / "c.mov", ("红色的车",)),
    ]
    assert [clip.is_picture for clip in listing.clips] == [True, False, False]
    assert listing.dropped == listing.notes == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "has no caption: there is no a.txt"),
        ({"a_txt": " \n "}, "has no caption: a.txt is empty"),
        ({"a_txt": b"\xff\xfe\x00"}, "has no caption: a.txt is not text in UTF-8"),
    ],
)
def test_a_clip_without_a_caption_is_dropped_with_the_repair(tmp_path, files, reason):
    write(tmp_path, a_mp4="", **files)
    (one,) = list_folder(tmp_path).dropped
    assert one == (
        str(tmp_path / "a.mp4"), reason, f"a sentence in {tmp_path / 'a.txt'}", "caption"
    )  # fmt: skip


def test_nothing_is_left_aside_without_a_word(tmp_path):
    write(tmp_path, a_mp4="", a_txt="a cat", a_json="{}", b_json="{}", lonely_txt="a dog", c="")
    (note,) = list_folder(tmp_path).notes
    assert note.endswith("caption: 2 .json, 1 .txt, 1 no suffix")


def test_a_reason_does_not_say_its_file_twice():
    path = Path("a.mp4")
    one = drop(path, "t.csv:2", UserError("a.mp4 is cut off", "3 of 9 frames", "a copy"), "file")
    assert one == ("a.mp4 (t.csv:2)", "is cut off: 3 of 9 frames", "a copy", "file")
    for what, told in (("cannot read a.mp4 as a video", "cannot be read as a video"),
                       ("reading a.mp4 hangs", "hangs")):  # fmt: skip
        assert drop(path, "", UserError(what), "file").reason == told
