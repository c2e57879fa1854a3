"""The pages are programs: links resolve, commands parse, Python blocks run."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from hanazora.cli.commands import command_line

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page_name(path):
    return path.relative_to(ROOT).as_posix()


def blocks(language):
    return [
        (page_name(page), text)
        for page in PAGES
        for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
        if kind == language
    ]


def commands(first_word):
    return [
        line
        for _, text in blocks("bash")
        for line in text.splitlines()
        if line.split(" ")[0] == first_word
    ]


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_leads_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("line", commands("make"))
def test_every_make_target_exists(line):
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{re.escape(line.split()[1])}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("line", commands("hanazora"))
def test_every_command_parses(line):
    command, words = command_line(), shlex.split(line)[1:]
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    with command.make_context("hanazora", words):
        pass


def test_every_torchrun_line_starts_a_command_that_parses():
    for line in commands("torchrun"):
        module, _, words = line.partition(" -m ")[2].partition(" ")
        assert module == "hanazora"
        test_every_command_parses(f"hanazora {words}")


def test_every_bash_line_is_one_of_the_known_commands():
    modules = [shlex.split(line)[2] for line in commands("python")]
    assert all(importlib.util.find_spec(module) for module in modules)
    programs = ("make", "hanazora", "torchrun")
    known = sum(len(commands(program)) for program in programs) + len(modules)
    lines = [line for _, text in blocks("bash") for line in text.splitlines() if line.strip()]
    assert known == len(lines) > 5


@pytest.mark.slow
@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_every_python_block_runs(page, text, run_python, tmp_path):
    done = run_python("-c", text, cwd=tmp_path)
    assert done.returncode == 0, f"{page}: {done.stderr[-1500:]}"
