import json

from hanazora.cli.main import run


def test_a_usable_source(tmp_path, write_clip, capsys):
    write_clip(tmp_path / "a.mp4", [index / 8 for index in range(40)])
    assert run(["data", "check", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert (
        "clips used: 1, dropped: 0; samples: 3, tokens: 72" in out and "--decode reads all" in out
    )
    assert run(["data", "check", str(tmp_path), "--json", "--num-frames", "9"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["sizes"] == [
        {"frames": 9, "height": 64, "width": 96, "samples": 4, "tokens": 18}
    ]  # fmt: skip


def test_a_source_of_nothing_exits_with_2(tmp_path, write_clip, capsys):
    write_clip(tmp_path / "a.mp4", [0, 0.125], "")
    assert run(["data", "check", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "a.txt is empty" in captured.out
    assert f"try a sentence in {tmp_path / 'a.txt'}" in captured.err
    assert run(["data", "check", str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["dropped"][0]["trouble"] == "caption"
    assert run(["data", "check", str(tmp_path / "none.jsonl")]) == 2
