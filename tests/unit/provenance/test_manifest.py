from dataclasses import replace
from pathlib import Path

import pytest

from hanazora.provenance.manifest import (
    GENERATION_LABEL,
    SOFT_BINDING_LABEL,
    SOURCE_TYPES,
    Ingredient,
    build_manifest,
    ingredient_label,
)


def actions(manifest):
    found = {one["label"]: one["data"] for one in manifest["assertions"]}
    return found["c2pa.actions.v2"]["actions"]


def given(*relationships):
    return [Ingredient(Path(f"{index}.mp4"), one) for index, one in enumerate(relationships)]


@pytest.mark.parametrize(
    ("relationships", "steps"),
    [
        ([], ["c2pa.created"]),
        (["inputTo"], ["c2pa.created"]),
        (["parentOf"], ["c2pa.opened", "c2pa.edited"]),
        (["parentOf", "componentOf"], ["c2pa.opened", "c2pa.placed", "c2pa.edited"]),
        (["componentOf"], ["c2pa.created", "c2pa.placed"]),
    ],
)
def test_the_steps_follow_from_what_was_given(generation, relationships, steps):
    found = actions(build_manifest(generation, given(*relationships)))
    assert [one["action"] for one in found] == steps
    made = [one for one in found if one["action"] in ("c2pa.created", "c2pa.edited")]
    assert [one["digitalSourceType"] for one in made] == [SOURCE_TYPES + "trainedAlgorithmicMedia"]
    named = [name for one in found for name in one.get("parameters", {}).get("ingredientIds", [])]
    assert named == [ingredient_label(index) for index in range(len(relationships))]


def test_what_was_only_computed_is_not_called_trained(generation):
    found = actions(build_manifest(replace(generation, trained=False)))
    assert found[0]["digitalSourceType"] == SOURCE_TYPES + "algorithmicMedia"


def test_a_file_has_one_parent(generation):
    with pytest.raises(ValueError, match="at most one parent"):
        build_manifest(generation, given("parentOf", "parentOf"))


def test_everything_is_said_by_the_signer(generation):
    assertions = build_manifest(generation)["assertions"]
    assert all(one["created"] for one in assertions)
    found = {one["label"]: one["data"] for one in assertions}
    assert found[GENERATION_LABEL]["checks"] == {"prompt_filter": "passed"}
    values = [one["value"] for one in found[SOFT_BINDING_LABEL]["bindings"]]
    assert values == [generation.mark_id, generation.fingerprint]
