"""Which packages a room may need, proven by importing it where the others are missing."""

import tomllib
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sources import ROOT, module_of, source_files

TRAINING_FLOOR = {"torch", "numpy", "einops", "safetensors", "tokenizers", "jaxtyping"}
TRAINING_ROOMS = {"core", "parallel", "models", "diffusion", "world", "data", "train"}
# Tables of numbers and plain data: no torch, so they work in a service face without it.
TORCH_FREE_ROOMS = {"core", "media", "provenance"}

SCRIPT = """
import sys

blocked = set(sys.argv[1].split(","))


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ImportError(f"{name} is not among the dependencies allowed here")


sys.meta_path.insert(0, Missing())
import importlib

for module in sys.argv[2].split(","):
    try:
        importlib.import_module(module)
    except ImportError as error:
        sys.exit(f"{module}: {error}")
"""


def dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def closure(names):
    """The distributions that come with these, without extras."""
    found, todo = set(), set(names)
    while todo:
        name = todo.pop()
        found.add(name)
        for line in requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.add(canonicalize_name(requirement.name))
        todo -= found
    return found


def modules_outside(distributions):
    """Top-level modules installed here that belong to none of these distributions."""
    table = packages_distributions()
    return {
        module
        for module, owners in table.items()
        if not {canonicalize_name(owner) for owner in owners} & distributions
        and module != "hanazora"
    }


def import_without(run_python, rooms, blocked):
    modules = [
        module_of(path)
        for path in source_files()
        if rooms is None or set(module_of(path).split(".")[1:2]) & rooms
    ]
    done = run_python("-c", SCRIPT, ",".join(sorted(blocked)), ",".join(modules))
    assert done.returncode == 0, done.stderr[-1500:]


def test_every_module_imports_with_the_core_dependencies_only(run_python):
    import_without(run_python, None, modules_outside(closure(dependencies())))


def test_training_needs_six_packages_only(run_python):
    import_without(run_python, TRAINING_ROOMS, modules_outside(closure(TRAINING_FLOOR)))


def test_the_floor_needs_no_torch(run_python):
    import_without(run_python, TORCH_FREE_ROOMS, {"torch"})


def test_a_missing_package_is_noticed(run_python):
    with pytest.raises(AssertionError, match="numpy is not among"):
        import_without(run_python, {"media"}, {"numpy"})
