import json
from pathlib import Path

import pytest

from hanazora.core.errors import CancelledError, UserError
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.runs.batch import Made, PromptLine, Record, make_lines, read_prompts

DEFAULTS = {"width": 64, "height": 48, "num_frames": 5, "seed": 7}


def _lines(*texts: str) -> list[PromptLine]:
    return [PromptLine(number, text) for number, text in enumerate(texts, start=1)]


def _records(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / "results.jsonl").read_text().splitlines()]


def test_every_line_that_says_something_is_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes("\ufeffa red truck\r\n\n  # snow \n\u96ea\n".encode())
    assert read_prompts(path) == [(1, "a red truck"), (3, "# snow"), (4, "\u96ea")]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b" \n\n", "holds no prompt"), (b"\xff\xfe\x00", "must be UTF-8"), (None, "no such file")],
)
def test_a_file_of_no_prompts_is_refused(tmp_path: Path, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / "p").write_bytes(data)
    with pytest.raises(UserError, match=message):
        read_prompts(tmp_path / "p")


def test_every_line_is_one_record_failures_included(tmp_path: Path) -> None:
    made: list[tuple[GenerateRequest, Path]] = []

    def make(request: GenerateRequest, path: Path) -> Made:
        if "bug" in request.prompt:
            raise ZeroDivisionError("a bug")
        made.append((request, path))
        return Made("ab12", 1.234567, ["every frame is one single colour"])

    directory = tmp_path / "new" / "out"
    lines = _lines(
        "a red truck",
        '{"prompt": "two fish", "seed": 3, "num_frames": 9, "output": "fish.mp4"}',
        "a bug",
        '{"prompt": "x", "width": 5}',
        '{"prompt": "x", "colour": 5}',
        '{"prompt": ',
        '{"seed": 5}',
        '{"prompt": "x", "output": "../a.mp4"}',
        '{"prompt": "x", "seed": "five"}',
        "snow",
        '{"prompt": "x", "output": "fish.mp4"}',
    )
    records = list(make_lines(lines, DEFAULTS, directory, make))
    assert [record["line"] for record in _records(directory)] == list(range(1, 12))
    assert [record.state for record in records] == [
        "done", "done", "failed", "refused", "refused", "refused", "refused", "refused", "refused",
        "done", "refused",
    ]  # fmt: skip
    assert [path.name for _, path in made] == ["line-0001.mp4", "fish.mp4", "line-0010.mp4"]
    assert (made[1][0].seed, made[1][0].num_frames, made[1][0].width) == (3, 9, 64)
    assert records[0] == Record(
        line=1, prompt="a red truck", state="done", output="line-0001.mp4", sha256="ab12",
        seconds=1.23, warnings=["every frame is one single colour"],
    )  # fmt: skip
    errors = [record.error or "" for record in records]
    for number, words in [(2, "ZeroDivisionError: a bug"), (3, "each side has 16"),
                          (4, "'colour'"), (5, "not valid JSON"), (6, "has no prompt"),
                          (7, "without a directory"), (8, "must be of type int"),
                          (10, "an earlier line has the same")]:  # fmt: skip
        assert words in errors[number]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, CancelledError])
def test_stopping_keeps_the_records_so_far(tmp_path: Path, stop: type[BaseException]) -> None:
    def make(request: GenerateRequest, path: Path) -> Made:
        if request.prompt == "second":
            raise stop
        return Made("ab", 1.0, [])

    with pytest.raises(stop):
        list(make_lines(_lines("first", "second", "third"), DEFAULTS, tmp_path, make))
    assert [record["prompt"] for record in _records(tmp_path)] == ["first"]
