import json

import pytest

from hanazora.core.errors import UserError
from hanazora.data.sources.listing import ListedClip
from hanazora.data.sources.tables import list_source


@pytest.fixture
def folder(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).touch()
    return tmp_path


def table(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8-sig")
    return list_source(folder / name)


def test_json_lines(folder):
    rows = [
        {"file": "a.mp4", "caption": " a  cat ", "width": 3},
        {"file": str(folder / "b.mp4"), "captions": ["one", "two"], "start": 1, "end": 2.5},
    ]
    listing = table(folder, "t.jsonl", "\n".join(map(json.dumps, rows)) + "\n\n")
    assert listing.clips == [
        ListedClip(folder / "a.mp4", ("a cat",), 0.0, None, "t.jsonl:1"),
        ListedClip(folder / "b.mp4", ("one", "two"), 1.0, 2.5, "t.jsonl:2"),
    ]
    assert listing.notes == ["columns that are not used: width"] and not listing.dropped


def test_csv(folder):
    listing = table(
        folder, "t.csv", 'file,caption,start,end\na.mp4,"a cat, a dog",,\nb.mp4,x,1,2\n'
    )
    assert listing.clips == [
        ListedClip(folder / "a.mp4", ("a cat, a dog",), 0.0, None, "t.csv:2"),
        ListedClip(folder / "b.mp4", ("x",), 1.0, 2.0, "t.csv:3"),
    ]


@pytest.mark.parametrize(
    ("row", "reason", "trouble"),
    [
        ("{", "is not JSON", "file"),
        ("[]", "is not a JSON object", "file"),
        ('{"caption": "x"}', "names no file", "file"),
        ('{"file": "c.mp4", "caption": "x"}', "there is no such file", "file"),
        ('{"file": "a.mp4"}', "has no caption", "caption"),
        ('{"file": "a.mp4", "caption": "  "}', "has an empty caption", "caption"),
        ('{"file": "a.mp4", "captions": ["x", ""]}', "has an empty caption", "caption"),
        ('{"file": "a.mp4", "captions": [1]}', "has no caption", "caption"),
        ('{"file": "a.mp4", "caption": "x", "start": "soon"}', "has the start 'soon'", "times"),
        ('{"file": "a.mp4", "caption": "x", "end": true}', "has the end True", "times"),
    ],
)
def test_a_row_that_says_too_little_is_named(folder, row, reason, trouble):
    listing = table(folder, "t.jsonl", '{"file": "b.mp4", "caption": "x"}\n' + row + "\n")
    assert len(listing.clips) == 1
    (one,) = listing.dropped
    assert reason in one.reason and one.trouble == trouble and "t.jsonl:2" in one.file


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", "path,caption\n", "no column 'file': .* try file as the name of column path"),
        ("t.csv", "file,text\n", "no column 'caption': .* try caption as the name of column text"),
        ("t.csv", "", "its columns are none; try a column file"),
        ("t.parquet", "", r"is Parquet: .* try t.jsonl, written by pandas.read_parquet\('t.parq"),
        ("t.tsv", "", "a source is a folder, a .jsonl or a .csv"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_would_be(folder, name, text, message):
    with pytest.raises(UserError, match=message):
        table(folder, name, text)


def test_a_source_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="there is no"):
        list_source(tmp_path / "t.jsonl")
    with pytest.raises(UserError, match="a source is a folder"):
        list_source(tmp_path / "nowhere")
