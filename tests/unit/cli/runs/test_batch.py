import json
import os
from pathlib import Path

import pytest

from hanazora.cli.main import run


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def records(directory):
    return [json.loads(line) for line in Path(directory, "results.jsonl").read_text().splitlines()]


def test_many_prompts_load_the_model_once(model, capsys):
    Path("prompts.txt").write_text('a red truck\n\n{"prompt": "fish", "seed": 9}\n{"prompt": ""}\n')
    arguments = "generate --prompts prompts.txt -o out --size 48x32 --num-frames 2 --seed 4"
    assert run([*arguments.split(), "--device", "cpu"]) == 1
    assert len(model.loaded) == 1
    assert [(r.prompt, r.seed, r.width) for r in model.requests] == [
        ("a red truck", 4, 48), ("fish", 9, 48)
    ]  # fmt: skip
    found = records("out")
    assert [(r["line"], r["state"], r["output"]) for r in found] == [
        (1, "done", "line-0001.mp4"), (3, "done", "line-0003.mp4"), (4, "refused", None)
    ]  # fmt: skip
    assert "the prompt is empty" in found[2]["error"]
    assert {"line-0001.mp4", "line-0003.mp4", "results.jsonl"} <= set(os.listdir("out"))
    assert "2 of 3 made" in capsys.readouterr().out


def test_a_line_is_told_to_the_model_as_a_single_prompt_is(model):
    Path("p.txt").write_text("Snow\n")
    arguments = "generate --prompts p.txt --size 48x32 --num-frames 2 --device cpu"
    assert run(arguments.split()) == 0
    assert run([*arguments.split(), "--no-expand"]) == 0
    told, plain = model.requests
    assert "while it snows" in told.expanded_prompt
    assert plain.expanded_prompt == ""


def test_a_crash_in_one_line_costs_no_other(model):
    def crash(step):
        if len(model.requests) == 1:
            raise ZeroDivisionError

    model.on_step = crash
    Path("p.txt").write_text("one\ntwo\n")
    assert run("generate --prompts p.txt --size 48x32 --num-frames 2 --device cpu".split()) == 1
    assert [record["state"] for record in records("videos")] == ["failed", "done"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["x", "--prompts", "p.txt"], "--prompts with a prompt"),
     (["--prompts", "absent.txt"], "cannot read absent.txt"),
     (["--prompts", "p.txt", "-o", "p.txt"], "it must be a directory")],
)  # fmt: skip
def test_bad_input_is_refused_before_loading(model, capsys, arguments, message):
    Path("p.txt").write_text("one\n")
    assert run(["generate", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert model.loaded == []
