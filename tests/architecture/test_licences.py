"""Nothing that is installed for users may bind them: code and weights are Apache-2.0."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from sources import ROOT

FREE = re.compile(r"\b(MIT|BSD|0BSD|Apache|PSF|Zlib|CC0|BSL-1\.0)\b")
BINDING = re.compile(r"\b(A?GPL|SSPL|BUSL|CC-BY-NC|Proprietary)")
NOT_FOR_USERS = {"dev", "bench"}


def packages_of_users():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [line for extra in extras.keys() - NOT_FOR_USERS for line in extras[extra]]
    return sorted(re.match(r"[\w.-]+", line)[0] for line in [*project["dependencies"], *lines])


def licence_of(package):
    fields = metadata(package)
    classifiers = [text for text in fields.get_all("Classifier", []) if "License ::" in text]
    # Some packages put the whole text into the field: its first lines name the licence.
    named = [fields.get("License-Expression") or "", (fields.get("License") or "")[:200]]
    return " ".join([*named, *classifiers])


@pytest.mark.parametrize("package", packages_of_users())
def test_a_dependency_is_free_for_everyone(package):
    try:
        licence = licence_of(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is an extra that is not installed")
    assert FREE.search(licence), licence
    assert not BINDING.search(licence), licence
