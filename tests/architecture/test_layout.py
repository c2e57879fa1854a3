import ast

import pytest
from exceptions import FULL_ROOMS, LONG_FILES, UNTESTED
from sources import PACKAGE, ROOT, UNIT_TESTS, name_of, source_files, tree_of

ROOMS = {
    "cli", "server", "recipes", "train", "evals", "pipelines", "data", "safety", "provenance",
    "world", "models", "diffusion", "parallel", "media", "core",
}  # fmt: skip
MAX_LINES = 500
MAX_COMMAND_LINES = 150
MAX_FILES_IN_ROOM = 20
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "base"}


def test_every_directory_is_a_declared_room():
    found = {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))
    }  # fmt: skip
    assert found <= ROOMS


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_a_file_is_short_enough_to_read(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    name = name_of(path)
    limit = MAX_COMMAND_LINES if name.startswith("cli/") else MAX_LINES
    assert lines <= limit or name in LONG_FILES, f"{name} has {lines} lines; the limit is {limit}"


def test_a_room_is_small_enough_to_know():
    for directory in [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]:
        files = [path for path in directory.glob("*.py") if path.name != "__init__.py"]
        name = directory.relative_to(PACKAGE).as_posix()
        assert len(files) <= MAX_FILES_IN_ROOM or name in FULL_ROOMS, f"{name}: {len(files)} files"


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_a_file_is_named_after_what_it_does(path):
    assert path.stem not in FORBIDDEN_NAMES


def test_every_source_file_has_a_test_file():
    missing = []
    for path in source_files():
        relative = path.relative_to(PACKAGE)
        test = UNIT_TESTS / relative.parent / f"test_{path.name}"
        if path.name not in ("__init__.py", "__main__.py") and not test.exists():
            missing.append(name_of(path))
    assert sorted(set(missing) - set(UNTESTED)) == []


def test_every_unit_test_file_belongs_to_a_source_file():
    for test in UNIT_TESTS.rglob("test_*.py"):
        source = PACKAGE / test.relative_to(UNIT_TESTS).parent / test.name.removeprefix("test_")
        assert source.exists(), f"{test.relative_to(ROOT)} tests nothing"


def test_an_exception_that_is_no_longer_needed_is_removed():
    names = {name_of(path) for path in source_files()}
    assert set(LONG_FILES) | set(UNTESTED) <= names


@pytest.mark.parametrize(
    "path", [path for path in source_files() if path.name == "__init__.py"], ids=name_of
)
def test_a_package_file_holds_no_logic(path):
    if name_of(path) == "__init__.py":
        return  # the deferred import of load, explained there
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    assert all(isinstance(node, allowed) for node in tree_of(path).body)
