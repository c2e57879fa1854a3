"""Every string that is shipped and could be a prompt, judged by the prompt filter.

    python benchmarks/shipped_strings.py [--meaning] [--root .]

Quoted strings of the documents, the Makefile and the examples; all strings of storyboards and of
what the gallery's samples were asked; and every string of the package's code that holds a space,
docstrings, templates and the rooms that speak of harm left out. Ends with 1 where one is refused,
or where there is nothing to judge.
"""

import argparse
import ast
import dataclasses
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.prompt_filter import MAX_TEXT_CHARS, judge_text
from hanazora.safety.text.semantic import PROTOTYPES

ROOT = Path(__file__).resolve().parents[1]
Data: TypeAlias = "str | list[Data] | dict[str, Data] | object"

_QUOTED = re.compile(
    r'"([^"\n]{4,400})"|\u201c([^\u201d\n]{4,400})\u201d|\u300c([^\u300d\n]{2,400})\u300d'
    r"|(?<!\w)'([^'\n]{12,400})'(?!\w)"
)
_HARM = ("safety/", "train/frame_classifier/")
"""Rooms whose own strings name what is refused, or draw it to teach a moderator."""


def shipped_strings(root: Path = ROOT) -> list[tuple[str, str]]:
    """Return each string once, with the file it stands in."""
    found: dict[str, str] = {}
    for path in _documents(root):
        for match in _QUOTED.finditer(path.read_text(encoding="utf-8")):
            found.setdefault(next(filter(None, match.groups())), str(path.relative_to(root)))
    for path in sorted((root / "docs").rglob("*")):
        if path.suffix in (".json", ".toml"):
            for text in _strings_of(_asked(path)):
                found.setdefault(text, str(path.relative_to(root)))
    package = root / "src" / "hanazora"
    for path in sorted(package.rglob("*.py")):
        if not path.relative_to(package).as_posix().startswith(_HARM):
            for text in _constants(path):
                found.setdefault(text, str(path.relative_to(root)))
    return [(path, text) for text, path in found.items() if len(text) <= MAX_TEXT_CHARS]


def _documents(root: Path) -> list[Path]:
    documents = [*root.glob("*.md"), *root.glob("Makefile"), *(root / "docs").rglob("*.md")]
    return sorted([*documents, *(root / "examples").rglob("*.py")])


def _asked(path: Path) -> Data:
    """Return a storyboard or a list of samples, and of a sidecar what was asked."""
    text = path.read_text(encoding="utf-8")
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text).get("request")


def _strings_of(data: Data) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _strings_of(each)


def _constants(path: Path) -> Iterator[str]:
    """Yield the strings of a file of code that may be sentences."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            for text in node.value.splitlines():
                if len(text) >= 4 and (" " in text or not text.isascii()) and "{" not in text:
                    yield text


def main() -> None:
    """Print what is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT)
    arguments = parser.parse_args()
    policy = load_policy()
    if not arguments.meaning:
        lists = {name: each for name, each in policy.data.lists.items() if name != PROTOTYPES}
        data = dataclasses.replace(policy.data, lists=lists)
        policy = Policy(data, policy.sha256 + "-", policy.directory)
    texts = shipped_strings(arguments.root)
    refused = [each for each in texts if judge_text(each[1], policy=policy).blocked]
    print(f"{len(refused)} of {len(texts)} shipped strings refused")
    for path, text in refused:
        verdict = judge_text(text, policy=policy)
        print(f"{path}: {verdict.category}, {verdict.rule}: {text[:160]!r}")
    sys.exit(1 if refused or not texts else 0)


if __name__ == "__main__":
    main()
