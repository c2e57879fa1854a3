import io
import json

import pytest

from hanazora.cli.main import run


def typed(text):
    return io.TextIOWrapper(io.BytesIO(text.encode()))


def test_a_harmless_prompt_is_allowed(capsys):
    assert run(["safety", "check", "a red truck"]) == 0
    assert capsys.readouterr().out.startswith("allow")


def test_a_harmful_prompt_is_explained(capsys):
    assert run(["safety", "check", "a n4ked man"]) == 1
    shown = capsys.readouterr().out
    assert 'block  sexual, rule terms/sexual.explicit, at "n4ked"' in shown
    assert "decision" in shown


def test_lines_in_give_one_object_each_out(monkeypatch, capsys):
    lines = [{"prompt": "a red truck"}, {"prompt": "a naked man"}]
    monkeypatch.setattr("sys.stdin", typed("\n".join(map(json.dumps, lines)) + "\n\n"))
    assert run(["safety", "check", "--stdin", "--json"]) == 0
    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert (good["blocked"], good["category"], good["rule"], good["span"]) == (False,) + (None,) * 3
    assert (bad["blocked"], bad["category"]) == (True, "sexual")
    assert bad["span"] == [2, 7]


@pytest.mark.parametrize("arguments", [["--stdin"], ["--stdin", "--json"]])
def test_bytes_that_are_not_text_are_refused_by_line(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n\xff\xfe a tree\n")))
    assert run(["safety", "check", *arguments]) == 2
    said = capsys.readouterr().err
    assert "line 2" in said
    assert "UTF-8" in said


@pytest.mark.parametrize("line", ["no json", "[]", '{"text": "a"}'])
def test_a_line_without_a_prompt_is_refused(monkeypatch, capsys, line):
    monkeypatch.setattr("sys.stdin", typed(line + "\n"))
    assert run(["safety", "check", "--stdin", "--json"]) == 2
    assert "line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "a", "--stdin"],
        ["check", "a", "--tier", "friends"],
        ["check", "\udcff"],
    ],
)
def test_a_wrong_call_is_one_line(arguments, capsys):
    assert run(["safety", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_status_says_nothing_where_nothing_judges(capsys):
    assert run(["safety", "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("frame   known-people    nothing") for line in lines)
    assert run(["safety", "status", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert set(first) == {"stage", "category", "covered_by"}
