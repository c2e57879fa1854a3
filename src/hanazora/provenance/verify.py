"""Read and judge the manifest of a file: who signed, what is said, and whether it still holds.

Only `Trusted` is good: an unbroken signature over this content by a signer under one of our roots.
`Valid` is an unbroken signature of an unknown signer. The library judges what the standard covers;
bytes that the standard leaves out (padding, names of containers) are judged here for our own files.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from hanazora.core.checks import CheckResult
from hanazora.core.documents import input_error
from hanazora.provenance.containers import has_traces, irregular_place, kind_of_file, read_manifest
from hanazora.provenance.jumbf import irregular
from hanazora.provenance.library import GENERATOR, load_library, open_context
from hanazora.provenance.manifest import GENERATION_LABEL

ManifestState: TypeAlias = Literal["Trusted", "Valid", "Invalid", "None"]
"""As the standard names them; None where the file has no manifest."""

IRREGULAR = "hanazora.manifest.irregular"
"""Code of a change in bytes that the standard does not cover."""

_CONTENT_CODES = ("assertion.bmffHash.mismatch", "assertion.dataHash.mismatch")
_UNTRUSTED = "signingCredential.untrusted"
_EXPIRED = "signingCredential.expired"
_UNREADABLE = "hanazora.manifest.unreadable"


class Action(NamedTuple):
    """A step in the making of a file."""

    action: str
    """As in c2pa.created."""
    source_type: str
    """IPTC digital source type; empty where the step makes nothing."""
    agent: str
    """The model that did it."""


class GivenFile(NamedTuple):
    """A file that another was made from."""

    title: str
    relationship: str
    manifest: str
    """Name of its manifest; empty where it had none."""
    failures: list[str]
    """What was wrong with it when it was used."""


class ManifestFacts(NamedTuple):
    """One manifest of a file or of one of its ancestors."""

    label: str
    generator: str
    signer: str
    actions: list[Action]
    given: list[GivenFile]
    generation: dict[str, Any]
    """Our own assertion: model, policy, checks; empty for files of others."""


class Verification(NamedTuple):
    """What the manifest of a file says and whether it holds."""

    state: ManifestState
    failures: list[str]
    """Codes of everything that is wrong."""
    manifests: list[ManifestFacts]
    """The file's own first, then its ancestors."""

    @property
    def content_changed(self) -> bool:
        """Tell whether only the content differs: the signature itself is whole and trusted."""
        return bool(self.failures) and set(self.failures) <= set(_CONTENT_CODES)

    @property
    def expired(self) -> bool:
        """Tell whether nothing is wrong but the age of the signer's certificate.

        A certificate that has expired leads to no root any more, so it reads as untrusted, too.
        """
        return _EXPIRED in self.failures and set(self.failures) <= {_EXPIRED, _UNTRUSTED}


NO_MANIFEST = Verification("None", [], [])


def read_verification(path: Path, anchors: str, manifest: bytes | None = None) -> Verification:
    """Judge a file by its own manifest, or by one that was kept.

    Args:
        path: the file.
        anchors: roots whose files count as Trusted, PEM.
        manifest: a kept manifest store; else the one in the file.

    Raises:
        UserError: the file cannot be read.
        LibraryMissingError: nothing can be verified on this machine.
    """
    try:
        kind = kind_of_file(path)
        store = manifest if manifest is not None else read_manifest(path)
        if kind is None or not store:
            damaged = manifest is None and has_traces(path)
            return Verification("Invalid", [_UNREADABLE], []) if damaged else NO_MANIFEST
    except OSError as error:
        raise input_error(path, error) from error
    with _opened(path, kind.mime, anchors, manifest) as (reader, problem):
        if reader is None:
            return Verification("Invalid", [problem], [])
        found = json.loads(reader.json())
        results = (reader.get_validation_results() or {}).get("activeManifest", {})
        state: ManifestState = reader.get_validation_state() or "Invalid"
    failures = [str(one["code"]) for one in results.get("failure", [])]
    manifests = _chain(found)
    if manifests and manifests[0].generator == GENERATOR:
        problem = irregular(store) or ("" if manifest is not None else irregular_place(path))
        if problem:
            return Verification("Invalid", [*failures, IRREGULAR], manifests)
    return Verification(state, failures, manifests)


def verify_file(path: Path, anchors: str) -> CheckResult:
    """Check the signature of a file before it gets its name: passed only where it is Trusted."""
    found = read_verification(path, anchors)
    if found.state == "Trusted":
        return CheckResult("passed", "Trusted")
    return CheckResult("failed", f"the signature is {found.state}: {', '.join(found.failures)}")


@contextlib.contextmanager
def _opened(
    path: Path, mime: str, anchors: str, manifest: bytes | None
) -> Iterator[tuple[Any, str]]:
    c2pa, context = load_library(), open_context(anchors)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        try:
            reader = c2pa.Reader(mime, file, manifest_data=manifest, context=context)
            yield stack.enter_context(reader), ""
        except c2pa.C2paError:
            yield None, _UNREADABLE


def _chain(found: dict[str, Any]) -> list[ManifestFacts]:
    manifests, chain = found["manifests"], list[ManifestFacts]()
    todo = [str(found.get("active_manifest"))]
    while todo:
        label = todo.pop(0)
        if label in manifests and label not in {facts.label for facts in chain}:
            chain.append(_facts(label, manifests[label]))
            todo += [given.manifest for given in chain[-1].given]
    return chain


def _facts(label: str, manifest: dict[str, Any]) -> ManifestFacts:
    data: dict[str, Any] = {one["label"]: one["data"] for one in manifest.get("assertions", [])}
    actions: dict[str, Any] = next(
        (data[name] for name in data if name.startswith("c2pa.actions")), {}
    )
    generators = manifest.get("claim_generator_info") or [{}]
    signature = manifest.get("signature_info") or {}
    return ManifestFacts(
        label=label,
        generator=str(generators[0].get("name", "")),
        signer=str(signature.get("issuer", "")),
        actions=[_action(one) for one in actions.get("actions", [])],
        given=[_given(one) for one in manifest.get("ingredients", [])],
        generation=data.get(GENERATION_LABEL, {}),
    )


def _action(action: dict[str, Any]) -> Action:
    agent = action.get("softwareAgent") or {}
    name = agent.get("name", "") if isinstance(agent, dict) else agent
    return Action(
        str(action.get("action", "")), str(action.get("digitalSourceType", "")), str(name)
    )


def _given(ingredient: dict[str, Any]) -> GivenFile:
    results = (ingredient.get("validation_results") or {}).get("activeManifest", {})
    return GivenFile(
        title=str(ingredient.get("title", "")),
        relationship=str(ingredient.get("relationship", "")),
        manifest=str(ingredient.get("active_manifest") or ""),
        failures=[str(one["code"]) for one in results.get("failure", [])],
    )
