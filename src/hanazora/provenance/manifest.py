"""What is signed into a file: how it was made, from what, and which checks it went through.

A manifest holds no text of a prompt, no path, no file name and no clock time. The prompt stands in
it as a salted hash, so that its author can prove it and nobody can guess it. Its terms are those of
the C2PA specification 2.2 and of the IPTC digital source types.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

GENERATION_LABEL = "org.hanazora.generation"
SOFT_BINDING_LABEL = "org.hanazora.soft-binding"
MARK_ALGORITHM = "org.hanazora.mark.1"
FINGERPRINT_ALGORITHM = "org.hanazora.fingerprint.1"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED, COMPUTED = "trainedAlgorithmicMedia", "algorithmicMedia"

Relationship: TypeAlias = Literal["parentOf", "componentOf", "inputTo"]
"""What a given file is to the new one: its origin, a part of it, or a hint of how it looks."""

Manifest: TypeAlias = dict[str, object]
"""A manifest definition, as the library reads it."""


class Ingredient(NamedTuple):
    """A file that a video was made from."""

    path: Path
    relationship: Relationship


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """How a file was made."""

    model: str
    """Name of the model, never its path."""

    model_sha256: str
    """One hash for all its weights."""

    version: str
    """Version of hanazora."""

    trained: bool = True
    """Whether the model learnt from data; the procedural world did not."""

    prompt_hash: str
    """Salted hash of the prompt; the salt is in the sidecar."""

    policy: str = ""
    """Version of the policy."""

    policy_sha256: str = ""
    """Hash of the policy."""

    checks: dict[str, str] = field(default_factory=dict)
    """The effective state of every check that came before the signature."""

    mark_id: str = ""
    """Identifier in the watermark, hexadecimal; empty where there is no mark."""

    fingerprint: str = ""
    """Hash of the fingerprint by which the file is found again."""


def build_manifest(generation: Generation, ingredients: Sequence[Ingredient] = ()) -> Manifest:
    """Return the definition of a manifest.

    Args:
        generation: how the file was made.
        ingredients: the files it was made from, in the order in which they will be added.

    Raises:
        ValueError: more than one parent.
    """
    if sum(one.relationship == "parentOf" for one in ingredients) > 1:
        raise ValueError("a file has at most one parent")
    assertions = [
        _created("c2pa.actions.v2", {"actions": _actions(generation, ingredients)}),
        _created(GENERATION_LABEL, _facts(generation)),
    ]
    bindings = _bindings(generation)
    if bindings:
        assertions.append(_created(SOFT_BINDING_LABEL, {"bindings": bindings}))
    return {"assertions": assertions}


def ingredient_label(index: int) -> str:
    """Return the name by which actions speak of an ingredient."""
    return f"given-{index}"


def _actions(generation: Generation, ingredients: Sequence[Ingredient]) -> list[object]:
    def named(relationship: Relationship) -> dict[str, object]:
        labels = [
            ingredient_label(index)
            for index, one in enumerate(ingredients)
            if one.relationship == relationship
        ]
        return {"parameters": {"ingredientIds": labels}} if labels else {}

    made = {
        "digitalSourceType": SOURCE_TYPES + (TRAINED if generation.trained else COMPUTED),
        "softwareAgent": {"name": generation.model, "version": generation.version},
    }
    parent, parts, hints = named("parentOf"), named("componentOf"), named("inputTo")
    if not parent:
        first: dict[str, object] = {"action": "c2pa.created", **made, **hints}
        return [first, {"action": "c2pa.placed", **parts}] if parts else [first]
    actions: list[object] = [{"action": "c2pa.opened", **parent}]
    if parts:
        actions.append({"action": "c2pa.placed", **parts})
    return [*actions, {"action": "c2pa.edited", **made, **hints}]


def _facts(generation: Generation) -> dict[str, object]:
    return {
        "model": generation.model,
        "model_sha256": generation.model_sha256,
        "version": generation.version,
        "prompt_hash": generation.prompt_hash,
        "policy": generation.policy,
        "policy_sha256": generation.policy_sha256,
        "checks": generation.checks,
    }


def _bindings(generation: Generation) -> list[dict[str, str]]:
    # Under our own label: `c2pa.soft-binding` is for algorithms on the standard's list only.
    values = {MARK_ALGORITHM: generation.mark_id, FINGERPRINT_ALGORITHM: generation.fingerprint}
    return [{"alg": name, "value": value} for name, value in values.items() if value]


def _created(label: str, data: dict[str, object]) -> dict[str, object]:
    # Without `created` an assertion is not attributed to the signer.
    return {"label": label, "created": True, "data": data}
