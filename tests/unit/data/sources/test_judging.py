import json

import pytest

from hanazora.core.errors import UserError
from hanazora.data.contents import SizeCount
from hanazora.data.sources.judging import bundled_captions, judge_source
from hanazora.data.sources.samples import SOURCE_LIMITS, SampleConfig
from hanazora.media.guarded import GuardedReader
from hanazora.media.pictures import write_png

EIGHT = [index / 8 for index in range(17)]


@pytest.fixture(scope="module")
def reader():
    with GuardedReader(SOURCE_LIMITS) as made:
        yield made


def judge(source, reader, **options):
    return judge_source(source, SampleConfig(), reader, **options)


def test_one_clip(tmp_path, write_clip, reader):
    write_clip(tmp_path / "a.mp4", EIGHT)
    report = judge(tmp_path, reader)
    assert report.sizes == [SizeCount(17, 64, 96, 1, 30)] and not report.dropped
    assert report.num_samples == 1 and not report.notes


def test_clips_of_mixed_shapes_keep_them(tmp_path, write_clip, clip, reader):
    write_clip(tmp_path / "wide.mp4", EIGHT, size=(160, 64))
    write_clip(tmp_path / "tall.mkv", EIGHT[:5], size=(64, 96))
    write_clip(tmp_path / "long.mp4", [index / 8 for index in range(40)])
    write_clip(tmp_path / "turned.mp4", EIGHT, quarters=1)
    write_clip(tmp_path / "deep.mp4", EIGHT, pixels="yuv420p10le")
    write_clip(tmp_path / "uneven.mp4", [0, 0.125, 0.25, 0.75, 0.875, 1.0])
    write_png(tmp_path / "still.png", clip(1, 70, 100)[0])
    (tmp_path / "still.txt").write_text("a still")
    seen = []
    report = judge(tmp_path, reader, see=seen.append)
    assert not report.dropped and seen == [7] * 7
    assert report.sizes == [
        SizeCount(17, 96, 64, 1, 30), SizeCount(17, 64, 160, 1, 50), SizeCount(17, 64, 96, 3, 30),
        SizeCount(9, 64, 96, 1, 18), SizeCount(5, 96, 64, 1, 12), SizeCount(5, 64, 96, 1, 12),
        SizeCount(1, 64, 96, 1, 6),
    ]  # fmt: skip
    assert json.loads(json.dumps(report.to_json()))["sizes"][0] == {
        "frames": 17, "height": 96, "width": 64, "samples": 1, "tokens": 30,
    }  # fmt: skip


def test_what_is_used_otherwise_is_said(tmp_path, write_clip, reader):
    write_clip(tmp_path / "two.mp4", [0, 0.04])
    write_clip(tmp_path / "slow.mp4", [0, 0.5, 1.0, 1.5])
    report = judge(tmp_path, reader)
    assert {size.frames for size in report.sizes} == {1, 13}
    assert any("too short to move" in note and "two.mp4" in note for note in report.notes)
    assert any("repeated: slow.mp4" in note for note in report.notes)


def test_every_dropped_clip_has_its_reason(tmp_path, write_clip, reader):
    write_clip(tmp_path / "fine.mp4", EIGHT)
    write_clip(tmp_path / "bare.mp4", EIGHT, None)
    write_clip(tmp_path / "empty.mp4", EIGHT, " ")
    write_clip(tmp_path / "wordy.mp4", EIGHT, "umbrella xylophone " * 99)
    write_clip(tmp_path / "small.mp4", EIGHT, size=(96, 16))
    (write_clip(tmp_path / "zero.mp4", EIGHT)).write_bytes(b"")
    cut = write_clip(tmp_path / "cut.mp4", EIGHT)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    reasons = {one.file.rpartition("/")[2]: one.reason for one in judge(tmp_path, reader).dropped}
    assert set(reasons) == {
        "bare.mp4",
        "empty.mp4",
        "wordy.mp4",
        "small.mp4",
        "zero.mp4",
        "cut.mp4",
    }
    assert "there is no bare.txt" in reasons["bare.mp4"]
    assert "empty.txt is empty" in reasons["empty.mp4"]
    assert f"at most {bundled_captions().max_tokens} tokens fit" in reasons["wordy.mp4"]
    assert "each side has 32 to 8192 pixels" in reasons["small.mp4"]
    assert all("cannot be read" in reasons[name] for name in ("zero.mp4", "cut.mp4"))


def test_damage_inside_a_file_is_found_by_decoding(tmp_path, write_clip, reader):
    path = write_clip(tmp_path / "a.mp4", [index / 8 for index in range(60)])
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    assert len(judge(tmp_path, reader).clips) == 1
    (one,) = judge(tmp_path, reader, decode=True).dropped
    assert one.trouble == "file"


def test_rows_of_one_file_and_wrong_times(tmp_path, write_clip, reader):
    write_clip(tmp_path / "a.mp4", [index / 8 for index in range(80)])
    times = [(0, 2.2), (5, None), (9, 3), (0, 2.2)]
    rows = [{"file": "a.mp4", "caption": "x", "start": start, "end": end} for start, end in times]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = judge(tmp_path / "t.jsonl", reader)
    assert [len(clip.cuts) for clip in report.clips] == [1, 3, 1]
    (one,) = report.dropped
    assert one.trouble == "times" and one.file.endswith("(t.jsonl:3)")
    assert report.notes == ["named more than once: 1"]


def test_a_long_film_is_cut_into_samples(tmp_path, write_clip, reader):
    write_clip(tmp_path / "a.mkv", [index / 2 for index in range(1200)], size=(32, 32))
    report = judge(tmp_path, reader)
    assert report.num_samples == 283 and report.sizes[0].samples == 282


def test_a_source_of_nothing_names_the_smallest_repair(tmp_path, write_clip, reader):
    with pytest.raises(UserError, match="holds no clip.*try NAME.mp4"):
        judge(tmp_path, reader).require_some(tmp_path)
    write_clip(tmp_path / "a.mp4", EIGHT, size=(96, 16))
    write_clip(tmp_path / "b.mp4", EIGHT, None)
    with pytest.raises(UserError, match=r"all 2 are dropped.*try a sentence in .*b.txt"):
        judge(tmp_path, reader).require_some(tmp_path)
