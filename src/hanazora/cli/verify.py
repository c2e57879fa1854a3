"""`hanazora verify`: who signed a file, how it was made, and whether it was changed since."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hanazora.core.errors import UserError
from hanazora.pipelines.recover import Provenance, Recovered, trace
from hanazora.provenance.library import LibraryMissingError
from hanazora.provenance.verify import ManifestFacts, Verification

EXIT_UNKNOWN_SIGNER = 3
EXIT_BROKEN = 4
EXIT_RECOVERED = 5
EXIT_NOTHING = 6

FORMAT = "hanazora.verify/1"
_MEANING = {
    "Trusted": "signed here, and unchanged since",
    "Valid": "unchanged since it was signed, by a signer that is not known here",
    "Invalid": "signed, but the signature does not hold",
    "None": "no manifest",
}


def verify(
    file: Annotated[Path, typer.Argument(help="A video or a picture.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = (
        False
    ),
    deep: Annotated[
        bool, typer.Option("--deep", help="Search the pixels longer, even of a whole file.")
    ] = False,
) -> None:
    """Tell who signed a file, how it was made and whether it was changed.

    Exit codes: 0 Trusted, 3 an unknown signer, 4 changed or revoked, 5 no manifest but recovered
    from the ledger, 6 nothing found, 2 not readable. No manifest is no proof of anything.
    """
    try:
        found = trace(file, deep=deep)
    except LibraryMissingError as error:
        raise UserError("nothing can be verified on this machine", str(error)) from error
    print(json.dumps(as_data(found), indent=2) if as_json else "\n".join(as_lines(file, found)))
    raise typer.Exit(exit_code(found))


def exit_code(found: Provenance) -> int:
    """Return what the command exits with."""
    if found.revoked:
        return EXIT_BROKEN
    if found.verification.state == "None":
        return EXIT_RECOVERED if any(one.agrees for one in found.recovered) else EXIT_NOTHING
    return {"Trusted": 0, "Valid": EXIT_UNKNOWN_SIGNER}.get(found.verification.state, EXIT_BROKEN)


def as_data(found: Provenance) -> dict[str, Any]:
    """Return everything that was found as JSON values."""
    mark = found.mark
    return {
        "format": FORMAT,
        **_verification_data(found.verification),
        "revoked": found.revoked,
        "mark": None
        if mark is None
        else {
            "found": mark.found,
            "id": None if mark.mark_id is None else f"{mark.mark_id:010x}",
            "p_value": mark.p_value,
        },
        "recovered": [
            {
                "manifest": one.entry.manifest_id,
                "clues": list(one.clues),
                "distance": round(one.distance, 4),
                "agrees": one.agrees,
                "revoked": one.entry.revoked,
                **_verification_data(one.verification),
            }
            for one in found.recovered
        ],
    }


def _verification_data(found: Verification) -> dict[str, Any]:
    return {
        "state": found.state,
        "failures": found.failures,
        "content_changed": found.content_changed,
        "expired": found.expired,
        "manifests": [_manifest_data(one) for one in found.manifests],
    }


def _manifest_data(facts: ManifestFacts) -> dict[str, Any]:
    return {
        **facts._asdict(),
        "actions": [one._asdict() for one in facts.actions],
        "given": [one._asdict() for one in facts.given],
    }


def as_lines(file: Path, found: Provenance) -> list[str]:
    """Return what a person reads."""
    state = found.verification
    lines = [f"{file.name}: {state.state}: {_MEANING[state.state]}"]
    if state.expired:
        lines.append("  only the signer's certificate ran out; the content is what was signed")
    elif state.failures:
        lines.append(f"  {', '.join(state.failures)}")
    if found.revoked:
        lines.append(f"  REVOKED: {found.revoked}")
    lines += _chain_lines(state.manifests)
    for one in found.recovered:
        lines += _recovered_lines(one)
    if state.state == "None" and not found.recovered:
        lines.append("  nothing like it is in the ledger; this says nothing about how it was made")
    return lines


def _chain_lines(manifests: list[ManifestFacts]) -> list[str]:
    lines = []
    for depth, facts in enumerate(manifests):
        indent = "  " * (depth + 1)
        steps = ", then ".join(
            f"{one.action} by {one.agent}" if one.agent else one.action for one in facts.actions
        )
        lines.append(f"{indent}{steps} (signed by {facts.signer or 'nobody'})")
        checks = facts.generation.get("checks", {})
        if checks:
            said = ", ".join(f"{name} {value}" for name, value in checks.items())
            lines.append(f"{indent}  checks: {said}")
        for given in facts.given:
            problem = f": {', '.join(given.failures)}" if given.failures else ""
            lines.append(f"{indent}  from a given file ({given.relationship}){problem}")
    return lines


def _recovered_lines(one: Recovered) -> list[str]:
    clues = " and ".join(one.clues)
    lines = [f"  recovered by {clues}: {one.entry.manifest_id} (distance {one.distance:.3f})"]
    if not one.agrees:
        lines.append("    it looks different: the mark or the manifest was moved onto this file")
    elif one.verification.content_changed:
        lines.append("    its signature is whole; the content changed since signing")
    if one.entry.revoked:
        lines.append(f"    REVOKED: {one.entry.revoked}")
    return lines + [f"  {line}" for line in _chain_lines(one.verification.manifests)]
